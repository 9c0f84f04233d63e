"""What the mobile apps call: one operation per screen."""

from typing import Annotated, TypeAlias

from msgspec import Meta

from bff_mobile.screens import (
    CartScreen,
    CategoriesScreen,
    HomeScreen,
    ListingScreen,
    NewCart,
    ProductScreen,
    SearchScreen,
    TinyCard,
)
from domain_services.parameters import (
    CategoryKey,
    Filters,
    Limit,
    PageSize,
    Quantity,
    QueryText,
    SkuKey,
)
from domain_services.vocabulary import Currency
from maestri.contracts import Contract, Header, Query, delete, get, post, put
from maestri.errors import Rejected
from sub_orchestrators.browsing.contract import Suggestions
from sub_orchestrators.storefront.contract import (
    CartFull,
    NotForSale,
    Sort,
    UnknownCategory,
    UnknownProduct,
)

PREFIX = "/mobile"
FACET_VALUES_MAX = 8
"""So many values of a facet fit on a small screen; chosen ones are shown besides."""
TOKEN_HEADER = "x-cart-token"  # noqa: S105 - the name of a header

Cursor: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200)]
CartToken: TypeAlias = Annotated[str, Header(TOKEN_HEADER), Meta(min_length=1, max_length=200)]
ShownIn: TypeAlias = Annotated[Currency, Query()]


class BadCartToken(Rejected, id="mobile.bad_cart_token", status=401):
    """This cart token was not given out here. Ask for a new one."""

    field: str


class Mobile(Contract, id="mobile", edge=True, prefix=PREFIX):
    """The store on a small screen. What may be missing from a response, its ``left_out`` names."""

    @get("/v1/home", etag=True)
    async def home(self, currency: Currency = "EUR") -> HomeScreen:
        """Return what the app opens with."""
        ...

    @get("/v1/categories", etag=True)
    async def categories(self) -> CategoriesScreen:
        """Return the menu of departments."""
        ...

    @get("/v1/categories/{category_id}", raises=[UnknownCategory], etag=True)
    async def listing(
        self,
        category_id: CategoryKey,
        filters: Filters = (),
        sort: Sort = "featured",
        size: PageSize = 24,
        currency: Currency = "EUR",
        cursor: Cursor | None = None,
    ) -> ListingScreen:
        """Return products of a department: the first ones, or those after *cursor* in its list."""
        ...

    @get("/v1/products/{sku}", raises=[UnknownProduct, NotForSale], etag=True)
    async def product(self, sku: SkuKey, currency: Currency = "EUR") -> ProductScreen:
        """Return everything about one product that may be sold."""
        ...

    @get(
        "/v1/products/{sku}/picture",
        raises=[UnknownProduct],
        media_type="image/svg+xml",
        max_age_s=3600,
        etag=True,
    )
    async def picture(self, sku: SkuKey) -> bytes:
        """Return the product's picture, an SVG."""
        ...

    @get("/v1/cards/{sku}", raises=[UnknownProduct, NotForSale], etag=True)
    async def card(self, sku: SkuKey, currency: Currency = "EUR") -> TinyCard:
        """Return name and price of one product that may be sold."""
        ...

    @get("/v1/search", etag=True)
    async def search(
        self, query: QueryText, limit: Limit = 24, currency: Currency = "EUR"
    ) -> SearchScreen:
        """Return the products that fit a query best."""
        ...

    @get("/v1/suggestions", etag=True)
    async def suggestions(self, prefix: QueryText, limit: Limit = 8) -> Suggestions:
        """Return queries that start with *prefix* and find something."""
        ...

    @post("/v1/cart")
    async def new_cart(self) -> NewCart:
        """Give out the token of a new, empty cart."""
        ...

    @get("/v1/cart", raises=[BadCartToken], etag=True)
    async def cart(self, token: CartToken, currency: Currency = "EUR") -> CartScreen:
        """Return the cart that the token stands for."""
        ...

    @put("/v1/cart/lines/{sku}", raises=[BadCartToken, UnknownProduct, NotForSale, CartFull])
    async def put_line(
        self, token: CartToken, sku: SkuKey, quantity: Quantity, currency: ShownIn = "EUR"
    ) -> CartScreen:
        """Set the quantity of a product in the cart, and return the cart."""
        ...

    @delete("/v1/cart/lines/{sku}", raises=[BadCartToken])
    async def remove_line(
        self, token: CartToken, sku: SkuKey, currency: Currency = "EUR"
    ) -> CartScreen:
        """Take a product out of the cart, and return the cart; fine if it is not there."""
        ...
