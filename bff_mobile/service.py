"""Serves the mobile apps."""

import msgspec

from bff_mobile import plans
from bff_mobile.contract import CartToken, Cursor, Mobile, ShownIn
from bff_mobile.screens import CartScreen, ListingScreen, NewCart
from bff_mobile.signed import CartTokens, Cursors, ListingQuery
from domain_services.parameters import CategoryKey, Filters, PageSize, Quantity, SkuKey
from domain_services.vocabulary import Currency
from maestri.composition import Composer, Orchestrator, serve
from maestri.errors import Faulted
from sub_orchestrators.browsing.contract import Browsing
from sub_orchestrators.storefront.contract import Sort

PICTURE_BYTES_MAX = 256 * 1024


class MobileService(Orchestrator, Mobile):
    """The screens, by plans; by hand only what apps hold for us, and pictures."""

    def __init__(
        self, composer: Composer, browsing: Browsing, cursors: Cursors, carts: CartTokens
    ) -> None:
        super().__init__(composer)
        self._browsing = browsing
        self._cursors = cursors
        self._carts = carts

    home = serve(plans.home)
    categories = serve(plans.categories)
    product = serve(plans.product)
    card = serve(plans.card)
    search = serve(plans.search)
    suggestions = serve(plans.suggestions)

    async def listing(
        self,
        category_id: CategoryKey,
        filters: Filters = (),
        sort: Sort = "featured",
        size: PageSize = 24,
        currency: Currency = "EUR",
        cursor: Cursor | None = None,
    ) -> ListingScreen:
        """Return the page that the cursor leads to, with the cursor of the next one."""
        query = ListingQuery(category_id, filters, sort, size)
        page = self._cursors.page(query, cursor)
        listed = await self.composer.run(
            plans.listing, category_id, filters, sort, page, size, currency
        )
        following = self._cursors.after(query, page, listed.pages)
        return msgspec.structs.replace(listed.screen, next_cursor=following)

    async def picture(self, sku: SkuKey) -> bytes:
        """Return the picture as a whole: only then can an app be told that it has it already."""
        picture = bytearray()
        async for chunk in await self._browsing.picture(sku):
            picture += chunk
            if len(picture) > PICTURE_BYTES_MAX:
                raise Faulted(f"the picture of {sku} is larger than {PICTURE_BYTES_MAX} bytes")
        return bytes(picture)

    async def new_cart(self) -> NewCart:
        """Give out a token; the cart comes to be when something is put in."""
        return NewCart(self._carts.new())

    async def cart(self, token: CartToken, currency: Currency = "EUR") -> CartScreen:
        """Return the cart that the token stands for."""
        return await self.composer.run(plans.cart, self._carts.cart(token), currency)

    async def put_line(
        self, token: CartToken, sku: SkuKey, quantity: Quantity, currency: ShownIn = "EUR"
    ) -> CartScreen:
        """Fill the cart that the token stands for."""
        cart_id = self._carts.cart(token)
        return await self.composer.run(plans.put_line, cart_id, sku, quantity, currency)

    async def remove_line(
        self, token: CartToken, sku: SkuKey, currency: Currency = "EUR"
    ) -> CartScreen:
        """Empty the cart that the token stands for of one product."""
        return await self.composer.run(plans.remove_line, self._carts.cart(token), sku, currency)
