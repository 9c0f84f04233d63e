"""The interfaces of the web shop: pages for people, JSON for programs."""

from collections.abc import AsyncIterator
from typing import Annotated, TypeAlias

from msgspec import Meta

from domain_services.parameters import (
    CategoryKey,
    Filters,
    Limit,
    PageNumber,
    PageSize,
    Quantity,
    QueryText,
    ReviewKey,
    SkuKey,
)
from domain_services.vocabulary import Currency
from maestri.contracts import (
    Contract,
    Cookie,
    Form,
    Header,
    Message,
    Query,
    Reply,
    delete,
    get,
    post,
    put,
)
from maestri.errors import InvalidRequest, Rejected
from sub_orchestrators.browsing.contract import ReviewPage, Suggestions
from sub_orchestrators.storefront import contract as storefront
from sub_orchestrators.storefront.contract import NotForSale, UnknownCategory, UnknownProduct

HTML = "text/html"
SVG = "image/svg+xml"
PUT_ERRORS = [UnknownProduct, NotForSale, storefront.CartFull]
"""Why a product does not get into the cart."""


class CrossSiteForm(Rejected, id="web.cross_site_form", status=403):
    """The form was sent by a page of another site. Send it from the shop."""


class UnknownFile(Rejected, id="web.unknown_file", status=404):
    """The shop has no such file. Load the page again to learn its present name."""

    name: str


class NewLine(Message):
    """What to put into the cart, besides what is there."""

    sku: SkuKey
    quantity: Quantity = 1


class LineQuantity(Message):
    """The new quantity of a product in the cart."""

    quantity: Quantity


class ChosenCurrency(Message):
    """The currency of all prices from now on, and where the visitor was."""

    currency: Currency
    return_to: Annotated[str, Meta(max_length=2_000)] = "/"


# Wrong cookies are ignored: a visitor cannot fix them, and other applications have some, too.
Cart: TypeAlias = Annotated[tuple[str, ...], Cookie("cart")]
CurrencyCookie: TypeAlias = Annotated[tuple[str, ...], Cookie("currency")]
SearchedText: TypeAlias = Annotated[QueryText, Query("q")]
LineForm: TypeAlias = Annotated[NewLine, Form()]
CurrencyForm: TypeAlias = Annotated[ChosenCurrency, Form()]
Site: TypeAlias = Annotated[str, Header("sec-fetch-site")]
Origin: TypeAlias = Annotated[str, Header("origin")]
Host: TypeAlias = Annotated[str, Header("host")]


class WebPages(Contract, id="web.pages", edge=True):
    """
    The pages of the shop. A refusal or a failure is a page, too.

    Forms are taken from the shop's own pages only, and answered with a redirect.
    """

    @get("/", media_type=HTML, hidden=True)
    async def home_page(self, cart: Cart = (), currency: CurrencyCookie = ()) -> str:
        """Show the front of the shop."""
        ...

    @get("/categories/{category_id}", media_type=HTML, hidden=True, raises=[UnknownCategory])
    async def listing_page(
        self,
        category_id: CategoryKey,
        filters: Annotated[Filters, Query("filter")] = (),
        sort: storefront.Sort = "featured",
        page: PageNumber = 1,
        cart: Cart = (),
        currency: CurrencyCookie = (),
    ) -> str:
        """Show one page of a department."""
        ...

    @get("/products/{sku}", media_type=HTML, hidden=True, raises=[UnknownProduct, NotForSale])
    async def product_page(
        self, sku: SkuKey, cart: Cart = (), currency: CurrencyCookie = ()
    ) -> str:
        """Show one product."""
        ...

    @get("/search", media_type=HTML, hidden=True)
    async def search_page(
        self, query: SearchedText = "", cart: Cart = (), currency: CurrencyCookie = ()
    ) -> str:
        """Show what the shop has found."""
        ...

    @get("/cart", media_type=HTML, hidden=True)
    async def cart_page(self, cart: Cart = (), currency: CurrencyCookie = ()) -> str:
        """Show what the visitor is about to buy."""
        ...

    @post("/cart/lines", media_type=HTML, hidden=True, raises=[CrossSiteForm, *PUT_ERRORS])
    async def add_line(
        self, line: LineForm, cart: Cart = (), site: Site = "", origin: Origin = "", host: Host = ""
    ) -> Reply[None]:
        """Add to the quantity in the cart; at most 99 of one product."""
        ...

    @post("/cart/lines/{sku}", media_type=HTML, hidden=True, raises=[CrossSiteForm, *PUT_ERRORS])
    async def put_line_form(
        self,
        sku: SkuKey,
        line: Annotated[LineQuantity, Form()],
        cart: Cart = (),
        site: Site = "",
        origin: Origin = "",
        host: Host = "",
    ) -> Reply[None]:
        """Set the quantity of a product in the cart."""
        ...

    @post("/cart/lines/{sku}/remove", media_type=HTML, hidden=True, raises=[CrossSiteForm])
    async def remove_line_form(
        self, sku: SkuKey, cart: Cart = (), site: Site = "", origin: Origin = "", host: Host = ""
    ) -> Reply[None]:
        """Take a product out of the cart."""
        ...

    @post("/currency", media_type=HTML, hidden=True, raises=[CrossSiteForm])
    async def choose_currency(
        self, choice: CurrencyForm, site: Site = "", origin: Origin = "", host: Host = ""
    ) -> Reply[None]:
        """Show prices in another currency, and go back to the page where it was chosen."""
        ...

    @get("/pictures/{sku}", media_type=SVG, hidden=True, max_age_s=3600, raises=[UnknownProduct])
    async def picture(self, sku: SkuKey) -> AsyncIterator[bytes]:
        """Stream a product's picture."""
        ...

    @get("/static/{name}", hidden=True, media_type="application/octet-stream", raises=[UnknownFile])
    async def file(self, name: Annotated[str, Meta(max_length=100)]) -> Reply[bytes]:
        """Return a file whose name has a hash of its content, for good."""
        ...


class WebApi(Contract, id="web.api", edge=True):
    """The shop in JSON, for scripts of its pages and for programs."""

    @get("/api/home", etag=True)
    async def home(self, currency: Currency = "EUR") -> storefront.HomeView:
        """Return the front of the shop."""
        ...

    @get("/api/categories", etag=True)
    async def categories(self) -> tuple[storefront.Category, ...]:
        """Return all departments in the order of the shop."""
        ...

    @get("/api/categories/{category_id}", etag=True, raises=[UnknownCategory])
    async def listing(
        self,
        category_id: CategoryKey,
        filters: Annotated[Filters, Query("filter")] = (),
        sort: storefront.Sort = "featured",
        page: PageNumber = 1,
        size: PageSize = 24,
        currency: Currency = "EUR",
    ) -> storefront.ListingView:
        """
        Return one page of a department, narrowed and sorted; a page after the last is empty.

        A filter is ``name:value`` of a facet. Values of one name are alternatives, names must all
        fit.
        """
        ...

    @get("/api/products/{sku}", etag=True, raises=[UnknownProduct, NotForSale])
    async def product(self, sku: SkuKey, currency: Currency = "EUR") -> storefront.ProductView:
        """Return everything about one product that may be sold."""
        ...

    @get("/api/products/{sku}/reviews", etag=True, raises=[UnknownProduct, InvalidRequest])
    async def reviews(
        self, sku: SkuKey, limit: Limit = 10, before: ReviewKey | None = None
    ) -> ReviewPage:
        """Return reviews of a product, the newest first, starting after the review *before*."""
        ...

    @get("/api/search", etag=True)
    async def search(
        self, query: QueryText, limit: Limit = 24, currency: Currency = "EUR"
    ) -> storefront.SearchView:
        """Return the products that fit a query best."""
        ...

    @get("/api/suggestions", etag=True)
    async def suggestions(self, prefix: QueryText, limit: Limit = 8) -> Suggestions:
        """Return queries that start with *prefix* and find something."""
        ...

    @get("/api/cart")
    async def cart(self, currency: Currency = "EUR", cart: Cart = ()) -> storefront.CartView:
        """Return the visitor's cart, known by the cookie; without one it is empty."""
        ...

    @put("/api/cart/lines/{sku}", raises=PUT_ERRORS)
    async def put_line(
        self,
        sku: SkuKey,
        line: LineQuantity,
        currency: Annotated[Currency, Query()] = "EUR",
        cart: Cart = (),
    ) -> Reply[storefront.CartView]:
        """Set the quantity of a product in the cart; sets the cookie that keeps the cart."""
        ...

    @delete("/api/cart/lines/{sku}")
    async def remove_line(
        self, sku: SkuKey, currency: Currency = "EUR", cart: Cart = ()
    ) -> storefront.CartView:
        """Take a product out of the cart; fine if it is not there."""
        ...
