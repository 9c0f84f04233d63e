"""The view models that the templates of the web shop take."""

from datetime import date
from typing import Literal

from msgspec import Struct

from domain_services.vocabulary import CategoryId, Currency, Money, Sku

Sort = Literal["featured", "newest", "price_asc", "price_desc", "title"]
AvailabilityLevel = Literal["in_stock", "few", "none"]


class OfferView(Struct, frozen=True):
    """What a product costs, in the currency of the customer."""

    price: Money
    was: Money | None = None
    """The price before a reduction."""
    rates_as_of: date | None = None
    """The day of the exchange rates. None: nothing was converted."""
    rates_stale: bool = False


class AvailabilityView(Struct, frozen=True):
    """Whether a product can be sent, from where, and how long that takes."""

    level: AvailabilityLevel
    left: int
    warehouses: tuple[str, ...] = ()
    """Titles of the warehouses that have it."""
    delivery_days_min: int = 2
    delivery_days_max: int = 4


class RatingView(Struct, frozen=True):
    """What customers think of a product, in one number."""

    count: int
    average: float
    """From 1 to 5."""
    histogram: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    """How many gave 1, 2, 3, 4, 5 stars."""


class ReviewView(Struct, frozen=True):
    """What one customer wrote about a product."""

    review_id: str
    author: str
    stars: int
    title: str
    text: str
    written_on: date


class AttributeView(Struct, frozen=True):
    """One fact of a product: material, oak."""

    name: str
    value: str


class CategoryView(Struct, frozen=True):
    """One shelf of the shop and the way to it."""

    category_id: CategoryId
    title: str
    description: str = ""


class CardView(Struct, frozen=True):
    """A product in a list. What is None is unknown at the moment."""

    sku: Sku
    title: str
    brand: str | None = None
    offer: OfferView | None = None
    rating: RatingView | None = None
    availability: AvailabilityLevel | None = None


class ProductView(Struct, frozen=True):
    """Everything the shop may show about one product."""

    sku: Sku
    title: str
    description: str
    brand: str | None = None
    category: CategoryView | None = None
    attributes: tuple[AttributeView, ...] = ()
    offer: OfferView | None = None
    availability: AvailabilityView | None = None
    rating: RatingView | None = None
    reviews: tuple[ReviewView, ...] = ()
    similar: tuple[CardView, ...] = ()
    left_out: tuple[str, ...] = ()


class FacetValueView(Struct, frozen=True):
    """One choice of a facet, and how many products have it."""

    value: str
    count: int
    chosen: bool = False


class FacetView(Struct, frozen=True):
    """A property to narrow a list by."""

    name: str
    values: tuple[FacetValueView, ...]


class ListingView(Struct, frozen=True):
    """One page of the products of a category."""

    category: CategoryView
    cards: tuple[CardView, ...]
    total: int
    facets: tuple[FacetView, ...] = ()
    sort: Sort = "featured"
    sorts: tuple[Sort, ...] = ("featured", "newest", "price_asc", "price_desc", "title")
    page: int = 1
    pages: int = 1
    left_out: tuple[str, ...] = ()


class SearchView(Struct, frozen=True):
    """What the shop has found for a query."""

    query: str
    cards: tuple[CardView, ...]
    total: int
    left_out: tuple[str, ...] = ()


class ShelfView(Struct, frozen=True):
    """A row of products on the home page."""

    title: str
    cards: tuple[CardView, ...]
    category_id: CategoryId | None = None


class HomeView(Struct, frozen=True):
    """The front of the shop."""

    featured: CardView | None
    shelves: tuple[ShelfView, ...]
    left_out: tuple[str, ...] = ()


class CartLineView(Struct, frozen=True):
    """A product in the cart. A line that could not be priced has no total."""

    sku: Sku
    title: str
    quantity: int
    brand: str | None = None
    offer: OfferView | None = None
    line_total: Money | None = None
    availability: AvailabilityLevel | None = None


class CartView(Struct, frozen=True):
    """What the customer is about to buy."""

    lines: tuple[CartLineView, ...]
    item_count: int
    total: Money | None
    """None: at least one line could not be priced."""
    rates_as_of: date | None = None
    rates_stale: bool = False
    left_out: tuple[str, ...] = ()


class FrameView(Struct, frozen=True):
    """What surrounds every page. It belongs to the web shop, not to the storefront."""

    request_id: str
    categories: tuple[CategoryView, ...] = ()
    currency: Currency = "EUR"
    currencies: tuple[Currency, ...] = ("EUR", "USD", "GBP")
    item_count: int | None = None
    """None: the cart does not answer."""
    return_to: str = "/"
    """Path and query of this page, where a changed currency leads back to."""
    csrf_token: str | None = None
    notice: str | None = None
    """What the last action did or why it could not, in one sentence."""


class ErrorView(Struct, frozen=True):
    """Why there is no page. The words are the template's."""

    status: int
    retry_path: str | None = None
    """The page to try again, if another attempt can help."""
