"""The interface of the storefront: what both clients want of several subdomains at once."""

from collections.abc import Mapping
from datetime import date

from domain_services.parameters import (
    SKUS_MAX,
    CartKey,
    CategoryKey,
    Filters,
    Limit,
    PageNumber,
    PageSize,
    Quantity,
    QueryText,
    SkuKey,
    SkuKeys,
)
from domain_services.vocabulary import CategoryId, Currency, Money, Sku
from maestri.contracts import Contract, LeftOut, Message, Outcome, get, put
from sub_orchestrators.browsing.contract import (
    Attribute,
    Category,
    Facet,
    NotForSale,
    RatingSummary,
    Review,
    Sort,
    UnknownCategory,
    UnknownProduct,
)
from sub_orchestrators.fulfilment.contract import Availability, AvailabilityLevel
from sub_orchestrators.shopping.contract import Cart, CartFull, Offer

# Clients' backends see the store through this contract, so the words it passes on are also its own.
__all__ = [
    "SORTS",
    "Attribute",
    "Availability",
    "AvailabilityLevel",
    "CardView",
    "Cart",
    "CartFull",
    "CartLineView",
    "CartView",
    "Category",
    "Facet",
    "HomeView",
    "ListingView",
    "NotForSale",
    "Offer",
    "ProductView",
    "RatingSummary",
    "Review",
    "SearchView",
    "ShelfView",
    "Sort",
    "Storefront",
    "UnknownCategory",
    "UnknownProduct",
]

SORTS: tuple[Sort, ...] = ("featured", "newest", "price_asc", "price_desc", "title")


class CardView(Message):
    """A product in a list. What is None is unknown at the moment."""

    sku: Sku
    title: str
    brand: str | None = None
    offer: Offer | None = None
    rating: RatingSummary | None = None
    availability: AvailabilityLevel | None = None
    left_out: LeftOut = ()


class ProductView(Message):
    """Everything that the store may show about one product."""

    sku: Sku
    title: str
    description: str
    brand: str | None = None
    brand_story: str | None = None
    category: Category | None = None
    attributes: tuple[Attribute, ...] = ()
    offer: Offer | None = None
    availability: Availability | None = None
    rating: RatingSummary | None = None
    reviews: tuple[Review, ...] = ()
    similar: tuple[CardView, ...] = ()
    left_out: LeftOut = ()


class ListingView(Message):
    """One page of the products of a category."""

    category: Category
    cards: tuple[CardView, ...]
    total: int
    facets: tuple[Facet, ...] = ()
    sort: Sort = "featured"
    sorts: tuple[Sort, ...] = SORTS
    page: int = 1
    pages: int = 1
    left_out: LeftOut = ()


class SearchView(Message):
    """What the store has found for a query."""

    query: str
    cards: tuple[CardView, ...]
    total: int
    left_out: LeftOut = ()


class ShelfView(Message):
    """A row of products at the front of the store."""

    title: str
    cards: tuple[CardView, ...]
    category_id: CategoryId | None = None


class HomeView(Message):
    """The front of the store."""

    featured: CardView | None
    shelves: tuple[ShelfView, ...]
    left_out: LeftOut = ()


class CartLineView(Message):
    """A product in the cart. A line that could not be priced has no total."""

    sku: Sku
    title: str
    quantity: int
    brand: str | None = None
    offer: Offer | None = None
    line_total: Money | None = None
    availability: AvailabilityLevel | None = None


class CartView(Message):
    """What the customer is about to buy."""

    lines: tuple[CartLineView, ...]
    item_count: int
    total: Money | None
    """None: at least one line could not be priced."""
    rates_as_of: date | None = None
    rates_stale: bool = False
    left_out: LeftOut = ()


class Storefront(Contract, id="storefront"):
    """Pages for any client. Prices, stock and ratings may be missing, products not."""

    @get("/home")
    async def home(self, currency: Currency = "EUR") -> HomeView:
        """Return the front of the store."""
        ...

    @get("/products/{sku}", raises=[UnknownProduct, NotForSale])
    async def product(self, sku: SkuKey, currency: Currency = "EUR") -> ProductView:
        """Return everything about one product that may be sold."""
        ...

    @get("/categories/{category_id}", raises=[UnknownCategory])
    async def listing(
        self,
        category_id: CategoryKey,
        filters: Filters = (),
        sort: Sort = "featured",
        page: PageNumber = 1,
        size: PageSize = 24,
        currency: Currency = "EUR",
    ) -> ListingView:
        """Return one page of a category with prices, stock and ratings; see Browsing."""
        ...

    @get("/search")
    async def search(
        self, query: QueryText, limit: Limit = 24, currency: Currency = "EUR"
    ) -> SearchView:
        """Return the products that fit a query best."""
        ...

    @get("/cards/{sku}", raises=[UnknownProduct, NotForSale])
    async def card(self, sku: SkuKey, currency: Currency = "EUR") -> CardView:
        """Return what a list shows of one product that may be sold."""
        ...

    @get("/cards", batch_of="card", batch_max=SKUS_MAX)
    async def cards(
        self, skus: SkuKeys, currency: Currency = "EUR"
    ) -> Mapping[Sku, Outcome[CardView]]:
        """Return what a list shows of many products."""
        ...

    @get("/carts/{cart_id}")
    async def cart(self, cart_id: CartKey, currency: Currency = "EUR") -> CartView:
        """Return a cart as its owner sees it. What may no longer be sold stays without offer."""
        ...

    @put("/carts/{cart_id}/lines/{sku}", raises=[UnknownProduct, NotForSale, CartFull])
    async def put_line(self, cart_id: CartKey, sku: SkuKey, quantity: Quantity) -> Cart:
        """Set the quantity of a product that may be sold in the cart."""
        ...
