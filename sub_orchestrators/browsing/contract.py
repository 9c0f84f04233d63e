"""The interface of browsing: the gateway of the cell that knows what there is to buy."""

from collections.abc import AsyncIterator, Mapping
from datetime import date

from domain_services.catalog.contract import (
    SIMILAR_MAX,
    Attribute,
    Brand,
    Category,
    Facet,
    FacetValue,
    Group,
    Home,
    NotForSale,
    Shelf,
    Sort,
    UnknownCategory,
    UnknownProduct,
)
from domain_services.parameters import (
    SKUS_MAX,
    CategoryKey,
    Filters,
    Limit,
    PageNumber,
    PageSize,
    QueryText,
    ReviewKey,
    SkuKey,
    SkuKeys,
)
from domain_services.reviews.contract import RatingSummary, Review, ReviewPage
from domain_services.vocabulary import CategoryId, Sku
from maestri.contracts import Contract, LeftOut, Message, Outcome, get
from maestri.errors import InvalidRequest
from sub_orchestrators.browsing.spi import Hit

# Callers above see the cell through this gateway alone, so its services' words are also its own.
__all__ = [
    "SHELF_SIZE_MAX",
    "SHELVES_MAX",
    "SIMILAR_MAX",
    "Attribute",
    "Brand",
    "BrowsedCard",
    "BrowsedListing",
    "BrowsedProduct",
    "Browsing",
    "Category",
    "Facet",
    "FacetValue",
    "Group",
    "Hit",
    "Home",
    "NotForSale",
    "RatingSummary",
    "Review",
    "ReviewPage",
    "SearchResults",
    "Shelf",
    "Sort",
    "Suggestions",
    "UnknownCategory",
    "UnknownProduct",
]

SHELVES_MAX = 6
"""Shelves at the front of the store."""
SHELF_SIZE_MAX = 4
"""Products on one of them."""


class BrowsedProduct(Message):
    """A product with all that this cell knows about it."""

    sku: Sku
    title: str
    description: str
    brand: str
    attributes: tuple[Attribute, ...]
    added_on: date
    category: Category | None = None
    similar: tuple[Sku, ...] = ()
    maker: Brand | None = None
    """The brand's story."""
    rating: RatingSummary | None = None
    left_out: LeftOut = ()


class BrowsedCard(Message):
    """A product in a list."""

    sku: Sku
    title: str
    brand: str
    category_id: CategoryId
    rating: RatingSummary | None = None
    left_out: LeftOut = ()


class BrowsedListing(Message):
    """One page of a category, narrowed and sorted."""

    category: Category
    products: tuple[BrowsedCard, ...]
    total: int
    facets: tuple[Facet, ...]
    sort: Sort
    page: int
    pages: int
    """At least 1."""
    left_out: LeftOut = ()


class SearchResults(Message):
    """What all search children have found together, the best first."""

    query: str
    hits: tuple[Hit, ...]
    total: int
    left_out: LeftOut = ()


class Suggestions(Message):
    """Queries that a visitor may mean."""

    texts: tuple[str, ...]
    left_out: LeftOut = ()


class Browsing(Contract, id="browsing"):
    """Find a product and read about it."""

    @get("/categories")
    async def categories(self) -> tuple[Category, ...]:
        """Return all categories in the order of the store's shelves."""
        ...

    @get("/categories/{category_id}", raises=[UnknownCategory])
    async def category(self, category_id: CategoryKey) -> Category:
        """Return one category."""
        ...

    @get("/categories/{category_id}/listing", raises=[UnknownCategory])
    async def listing(
        self,
        category_id: CategoryKey,
        filters: Filters = (),
        sort: Sort = "featured",
        page: PageNumber = 1,
        size: PageSize = 24,
    ) -> BrowsedListing:
        """Return one page of a category with its facets; see Catalog.listing."""
        ...

    @get("/home")
    async def home(self) -> Home:
        """Return what the front of the store shows."""
        ...

    @get("/products/{sku}", raises=[UnknownProduct])
    async def product(self, sku: SkuKey) -> BrowsedProduct:
        """Return everything about one product, also one that may not be sold."""
        ...

    @get("/products/{sku}/sale", raises=[UnknownProduct, NotForSale])
    async def may_be_sold(self, sku: SkuKey) -> None:
        """Return if the product may be sold; otherwise refuse."""
        ...

    @get("/sale", batch_of="may_be_sold", batch_max=SKUS_MAX)
    async def which_may_be_sold(self, skus: SkuKeys) -> Mapping[Sku, Outcome[None]]:
        """Return for each product whether it may be sold."""
        ...

    @get("/cards/{sku}", raises=[UnknownProduct])
    async def card(self, sku: SkuKey) -> BrowsedCard:
        """Return what a list shows of one product."""
        ...

    @get("/cards", batch_of="card", batch_max=SKUS_MAX)
    async def cards(self, skus: SkuKeys) -> Mapping[Sku, Outcome[BrowsedCard]]:
        """Return what a list shows of many products."""
        ...

    @get("/products/{sku}/reviews", raises=[UnknownProduct, InvalidRequest])
    async def reviews(
        self, sku: SkuKey, limit: Limit = 10, before: ReviewKey | None = None
    ) -> ReviewPage:
        """Return reviews of a product, the newest first, starting after the review *before*."""
        ...

    @get("/products/{sku}/picture", raises=[UnknownProduct], media_type="image/svg+xml")
    async def picture(self, sku: SkuKey) -> AsyncIterator[bytes]:
        """Stream the product's picture, an SVG."""
        ...

    @get("/search")
    async def search(self, query: QueryText, limit: Limit = 24) -> SearchResults:
        """Ask all search children and merge what they find; a child that fails is left out."""
        ...

    @get("/suggestions")
    async def suggestions(self, prefix: QueryText, limit: Limit = 8) -> Suggestions:
        """Return queries that start with *prefix* and find something."""
        ...
