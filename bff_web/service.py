"""Serves the web shop."""

from collections.abc import AsyncIterator
from urllib.parse import quote, urlencode

from msgspec import Struct

from bff_web import plans
from bff_web.contract import (
    Cart,
    ChosenCurrency,
    CrossSiteForm,
    CurrencyCookie,
    LineQuantity,
    NewLine,
    UnknownFile,
    WebApi,
    WebPages,
)
from bff_web.domain import Frame, increased_quantity, local_path
from bff_web.formatting import listing_url
from bff_web.rendering import PageRequest, Renderer
from bff_web.visitor import Visitors, currency_of
from domain_services.parameters import CategoryKey, Filters, PageNumber, QueryText, SkuKey
from domain_services.vocabulary import CartId, Currency
from maestri.composition import Composer, Orchestrator, serve
from maestri.contracts import Reply
from maestri.edge import is_same_origin
from maestri.errors import Rejected
from maestri.server import FailedRequest
from sub_orchestrators.browsing.contract import Browsing
from sub_orchestrators.storefront.contract import CartView, Sort

EMPTY = CartView(lines=(), item_count=0, total=None)
FOREVER = "public, max-age=31536000, immutable"
SEE_OTHER = 303
RETRYABLE_STATUSES = frozenset({429, 500, 502, 503, 504})


class ErrorView(Struct, frozen=True):
    """Why there is no page. The words are the template's."""

    status: int
    retry_path: str | None = None
    """The page to try again, if another attempt can help."""


class WebService(Orchestrator, WebPages, WebApi):
    """The web shop: reads by plans, forms by hand, everything else as pages."""

    def __init__(
        self, composer: Composer, browsing: Browsing, renderer: Renderer, visitors: Visitors
    ) -> None:
        super().__init__(composer)
        self._browsing = browsing
        self._renderer = renderer
        self._visitors = visitors

    home = serve(plans.home)
    categories = serve(plans.categories)
    listing = serve(plans.listing)
    product = serve(plans.product)
    reviews = serve(plans.reviews)
    search = serve(plans.search)
    suggestions = serve(plans.suggestions)

    # Pages.

    async def home_page(self, cart: Cart = (), currency: CurrencyCookie = ()) -> str:
        """Show the front of the shop."""
        request = PageRequest(currency_of(currency))
        cart_id = self._visitors.cart_of(cart)
        frame, view = await self.composer.run(plans.home_page, cart_id, request.currency)
        return self._renderer.page("home.html", frame, view, request)

    async def listing_page(
        self,
        category_id: CategoryKey,
        filters: Filters = (),
        sort: Sort = "featured",
        page: PageNumber = 1,
        cart: Cart = (),
        currency: CurrencyCookie = (),
    ) -> str:
        """Show one page of a department."""
        cart_id, chosen = self._visitors.cart_of(cart), currency_of(currency)
        frame, view = await self.composer.run(
            plans.listing_page, category_id, filters, sort, page, cart_id, chosen
        )
        request = PageRequest(chosen, listing_url(view, page))
        return self._renderer.page("listing.html", frame, view, request)

    async def product_page(
        self, sku: SkuKey, cart: Cart = (), currency: CurrencyCookie = ()
    ) -> str:
        """Show one product."""
        request = PageRequest(currency_of(currency), f"/products/{quote(sku, safe='')}")
        cart_id = self._visitors.cart_of(cart)
        frame, view = await self.composer.run(plans.product_page, sku, cart_id, request.currency)
        return self._renderer.page("product.html", frame, view, request)

    async def search_page(
        self, query: QueryText = "", cart: Cart = (), currency: CurrencyCookie = ()
    ) -> str:
        """Show what the shop has found."""
        request = PageRequest(currency_of(currency), f"/search?{urlencode({'q': query})}")
        cart_id = self._visitors.cart_of(cart)
        frame, view = await self.composer.run(plans.search_page, query, cart_id, request.currency)
        return self._renderer.page("search.html", frame, view, request)

    async def cart_page(self, cart: Cart = (), currency: CurrencyCookie = ()) -> str:
        """Show what the visitor is about to buy."""
        request = PageRequest(currency_of(currency), "/cart")
        cart_id = self._visitors.cart_of(cart)
        if cart_id is None:
            frame, view = await self.composer.run(plans.frame, None), EMPTY
        else:
            frame, view = await self.composer.run(plans.cart_page, cart_id, request.currency)
        return self._renderer.page("cart.html", frame, view, request)

    async def error_page(self, failed: FailedRequest) -> str:
        """Show why there is no page; what surrounds it only where the system is well."""
        frame = Frame()
        if isinstance(failed.error, Rejected):
            cart_id = self._visitors.cart_of(failed.cookies.get("cart", ()))
            frame = await self.composer.run(plans.frame, cart_id)
        here = local_path(failed.target) if failed.method in {"GET", "HEAD"} else "/cart"
        view = ErrorView(failed.status, here if failed.status in RETRYABLE_STATUSES else None)
        request = PageRequest(currency_of(failed.cookies.get("currency", ())), here)
        return self._renderer.page("error.html", frame, view, request)

    # Forms.

    async def add_line(
        self, line: NewLine, cart: Cart = (), site: str = "", origin: str = "", host: str = ""
    ) -> Reply[None]:
        """Add to the quantity in the cart."""
        _refuse_cross_site(site, origin, host)
        cart_id = self._visitors.cart_of(cart)
        if cart_id is None:
            return await self._put_line(self._visitors.new_cart(), line.sku, line.quantity)
        there = await self.composer.run(plans.cart_quantities, cart_id)
        quantity = increased_quantity(there.lines, line.sku, line.quantity)
        return await self._put_line(cart_id, line.sku, quantity)

    async def put_line_form(
        self,
        sku: SkuKey,
        line: LineQuantity,
        cart: Cart = (),
        site: str = "",
        origin: str = "",
        host: str = "",
    ) -> Reply[None]:
        """Set the quantity of a product in the cart."""
        _refuse_cross_site(site, origin, host)
        cart_id = self._visitors.cart_of(cart) or self._visitors.new_cart()
        return await self._put_line(cart_id, sku, line.quantity)

    async def remove_line_form(
        self, sku: SkuKey, cart: Cart = (), site: str = "", origin: str = "", host: str = ""
    ) -> Reply[None]:
        """Take a product out of the cart."""
        _refuse_cross_site(site, origin, host)
        cart_id = self._visitors.cart_of(cart)
        if cart_id is not None:
            await self.composer.run(plans.remove_line_form, cart_id, sku)
        return _redirect("/cart")

    async def choose_currency(
        self, choice: ChosenCurrency, site: str = "", origin: str = "", host: str = ""
    ) -> Reply[None]:
        """Show prices in another currency."""
        _refuse_cross_site(site, origin, host)
        cookie = self._visitors.keep_currency(choice.currency)
        return _redirect(local_path(choice.return_to), cookie)

    async def _put_line(self, cart_id: CartId, sku: SkuKey, quantity: int) -> Reply[None]:
        await self.composer.run(plans.put_line_form, cart_id, sku, quantity)
        return _redirect("/cart", self._visitors.keep_cart(cart_id))

    # Files.

    async def picture(self, sku: SkuKey) -> AsyncIterator[bytes]:
        """Stream a product's picture."""
        return await self._browsing.picture(sku)

    async def file(self, name: str) -> Reply[bytes]:
        """Return a file for good: another content has another name."""
        found = self._renderer.files.get(name)
        if found is None:
            raise UnknownFile(name=name)
        headers = (("content-type", found.media_type), ("cache-control", FOREVER))
        return Reply(found.content, headers=headers)

    # The cart in JSON.

    async def cart(self, currency: Currency = "EUR", cart: Cart = ()) -> CartView:
        """Return the visitor's cart."""
        cart_id = self._visitors.cart_of(cart)
        return EMPTY if cart_id is None else await self.composer.run(plans.cart, cart_id, currency)

    async def put_line(
        self, sku: SkuKey, line: LineQuantity, currency: Currency = "EUR", cart: Cart = ()
    ) -> Reply[CartView]:
        """Set the quantity of a product in the cart."""
        cart_id = self._visitors.cart_of(cart) or self._visitors.new_cart()
        view = await self.composer.run(plans.put_line, cart_id, sku, line.quantity, currency)
        return Reply(view, headers=(self._visitors.keep_cart(cart_id),))

    async def remove_line(
        self, sku: SkuKey, currency: Currency = "EUR", cart: Cart = ()
    ) -> CartView:
        """Take a product out of the cart."""
        cart_id = self._visitors.cart_of(cart)
        if cart_id is None:
            return EMPTY
        return await self.composer.run(plans.remove_line, cart_id, sku, currency)


def _refuse_cross_site(site: str, origin: str, host: str) -> None:
    if not is_same_origin(site, origin, host):
        raise CrossSiteForm


def _redirect(path: str, *headers: tuple[str, str]) -> Reply[None]:
    return Reply(None, SEE_OTHER, (("location", path), *headers))
