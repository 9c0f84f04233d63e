"""The web shop over fakes of what lies below it: what there is to see, and how to break it."""

from collections.abc import AsyncIterator
from datetime import date
from functools import cache

import httpx
from dependency_injector import providers

from bff_web.container import Container
from bff_web.rendering import Renderer
from domain_services.vocabulary import CartId, CategoryId, Currency, Money, Sku
from maestri import clock
from maestri.contracts import Contract
from maestri.errors import CallError
from maestri.links import Invoker
from maestri.testing import fake
from sub_orchestrators.browsing.contract import Attribute, Browsing, FacetValue, Suggestions
from sub_orchestrators.shopping.contract import (
    Cart,
    CartFull,
    CartLine,
    PricedCart,
    PricedLine,
    Shopping,
)
from sub_orchestrators.storefront.contract import (
    Availability,
    CardView,
    CartLineView,
    CartView,
    Category,
    Facet,
    HomeView,
    ListingView,
    NotForSale,
    Offer,
    ProductView,
    RatingSummary,
    Review,
    SearchView,
    ShelfView,
    Sort,
    Storefront,
    UnknownCategory,
    UnknownProduct,
)

SECRET = "a secret of tests"
CHAIR, LAMP, NASTY = Sku("FUR-1"), Sku("FUR-2"), Sku("FUR-3")
WITHDRAWN, LAST = Sku("FUR-9"), Sku("FUR-8")
INJECTED = "\"><script>alert('x')</script>&{{7*7}}"
TITLES = {CHAIR: "Oak chair", LAMP: "Brass lamp", NASTY: INJECTED, LAST: "The last one"}
LINES_MAX = 3
FURNITURE = Category(CategoryId("furniture"), "Furniture", "To sit on.", "living", 3)
PICTURE = (b"<svg xmlns='http://www.w3.org/2000/svg'>", b"</svg>")


def offer(sku: Sku, currency: Currency) -> Offer:
    """Return what everything costs: ten, twelve or nine."""
    return Offer(sku, Money({"EUR": 1_000, "USD": 1_200, "GBP": 900}[currency], currency))


def card(sku: Sku, currency: Currency) -> CardView:
    """Return a product in a list."""
    rating = RatingSummary(sku, 2, 4.5, (0, 0, 0, 1, 1))
    return CardView(sku, TITLES[sku], "Kasteel", offer(sku, currency), rating, "few")


class Below:
    """
    What lies below the web shop, in memory.

    Attributes:
        left_out: Parts that the storefront has to leave out of every view.
        broken: Errors that operations raise, by name; ``late`` ones take five seconds.
        carts: SkuQuantity of products by cart.
    """

    def __init__(self) -> None:
        self.left_out: tuple[str, ...] = ()
        self.broken: dict[str, CallError] = {}
        self.late: set[str] = set()
        self.carts: dict[CartId, dict[Sku, int]] = {}
        self.storefront = fake(
            Storefront,
            home=self._home,
            product=self._product,
            listing=self._listing,
            search=self._search,
            cart=self._cart,
            put_line=self._put_line,
        )
        self.browsing = fake(
            Browsing,
            categories=self._categories,
            suggestions=Suggestions(("chair",)),
            picture=self._picture,
        )
        self.shopping = fake(Shopping, cart=self._priced_cart, remove_line=self._remove_line)

    async def _home(self, currency: Currency) -> HomeView:
        await self._may_break("home")
        shelf = ShelfView("Furniture", (card(LAMP, currency),), FURNITURE.category_id)
        return HomeView(card(CHAIR, currency), (shelf,), self.left_out)

    async def _product(self, sku: Sku, currency: Currency) -> ProductView:
        await self._may_break("product")
        known(sku)
        rating = RatingSummary(sku, 1, 5.0, (0, 0, 0, 0, 1))
        return ProductView(
            sku,
            TITLES[sku],
            f"About {TITLES[sku]}",
            "Kasteel",
            category=FURNITURE,
            attributes=(Attribute("Wood", TITLES[sku]),),
            offer=None if "offer" in self.left_out else offer(sku, currency),
            availability=Availability(sku, "none" if sku == LAST else "in_stock", 7, ("Lyon",)),
            rating=None if "product.rating" in self.left_out else rating,
            reviews=(Review("1", "Ada", 5, INJECTED, INJECTED, date(2026, 3, 1)),),
            similar=() if "product.similar" in self.left_out else (card(LAMP, currency),),
            left_out=self.left_out,
        )

    async def _listing(
        self,
        category_id: CategoryId,
        filters: tuple[str, ...],
        sort: Sort,
        page: int,
        size: int,
        currency: Currency,
    ) -> ListingView:
        await self._may_break("listing")
        if category_id != FURNITURE.category_id:
            raise UnknownCategory(category_id=category_id)
        facet = Facet("Wood", (FacetValue("Oak", 2, chosen="Wood:Oak" in filters),))
        cards = (card(CHAIR, currency),)
        return ListingView(FURNITURE, cards, 60, (facet,), sort, page=page, pages=3)

    async def _search(self, query: str, limit: int, currency: Currency) -> SearchView:
        await self._may_break("search")
        found = tuple(card(sku, currency) for sku in TITLES if query and query in TITLES[sku])
        return SearchView(query, found, len(found), self.left_out)

    async def _cart(self, cart_id: CartId, currency: Currency) -> CartView:
        await self._may_break("cart")
        lines = tuple(
            CartLineView(
                sku,
                TITLES[sku],
                quantity,
                offer=offer(sku, currency),
                line_total=Money(quantity * offer(sku, currency).price.amount_minor, currency),
            )
            for sku, quantity in self.carts.get(cart_id, {}).items()
        )
        total = sum(line.line_total.amount_minor for line in lines if line.line_total)
        count = sum(line.quantity for line in lines)
        return CartView(lines, count, Money(total, currency), left_out=self.left_out)

    async def _put_line(self, cart_id: CartId, sku: Sku, quantity: int) -> Cart:
        await self._may_break("put_line")
        known(sku)
        lines = self.carts.setdefault(cart_id, {})
        if sku not in lines and len(lines) == LINES_MAX:
            raise CartFull(lines_max=LINES_MAX)
        lines[sku] = quantity
        return self._there(cart_id)

    async def _remove_line(self, cart_id: CartId, sku: Sku) -> Cart:
        await self._may_break("remove_line")
        self.carts.get(cart_id, {}).pop(sku, None)
        return self._there(cart_id)

    async def _priced_cart(self, cart_id: CartId, currency: Currency) -> PricedCart:
        await self._may_break("priced_cart")
        lines = self._there(cart_id).lines
        priced = tuple(PricedLine(line.sku, line.quantity) for line in lines)
        return PricedCart(cart_id, priced, sum(line.quantity for line in lines), None)

    async def _categories(self) -> tuple[Category, ...]:
        await self._may_break("categories")
        return (FURNITURE,)

    async def _picture(self, sku: Sku) -> AsyncIterator[bytes]:
        known(sku)

        async def chunks() -> AsyncIterator[bytes]:
            for chunk in PICTURE:
                yield chunk

        return chunks()

    def _there(self, cart_id: CartId) -> Cart:
        lines = self.carts.get(cart_id, {})
        return Cart(cart_id, tuple(CartLine(sku, quantity) for sku, quantity in lines.items()))

    async def _may_break(self, operation: str) -> None:
        if operation in self.late:
            await clock.sleep(5)
        if operation in self.broken:
            raise self.broken[operation]


def known(sku: Sku) -> None:
    """Refuse what is not in the store, or may not be sold."""
    if sku == WITHDRAWN:
        raise NotForSale(sku=sku, reason="recalled")
    if sku not in TITLES:
        raise UnknownProduct(sku=sku)


@cache
def _renderer() -> Renderer:
    # Its templates are the same in every test, and take a while to compile.
    return Renderer()


def shop(below: Below, *, secure: bool = False) -> Invoker:
    """Return the web shop above *below*, put together by its own container."""
    container = Container(
        storefront=below.storefront, browsing=below.browsing, shopping=below.shopping
    )
    container.renderer.override(providers.Object(_renderer()))
    container.settings.from_dict({"secret": SECRET, "secure_cookies": secure})
    service: Contract = container.service()
    return Invoker(service, "bff_web")


class Browser(httpx.AsyncClient):
    """A browser: it keeps cookies, asks for HTML, and sends its forms from our own pages."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super().__init__(
            transport=transport,
            base_url=url,
            trust_env=False,
            headers={"accept": "text/html,*/*;q=0.8", "origin": url, "host": url[7:]},
        )

    async def add(self, sku: str, quantity: int = 1) -> httpx.Response:
        """Send the form of a product page."""
        return await self.post("/cart/lines", data={"sku": sku, "quantity": str(quantity)})
