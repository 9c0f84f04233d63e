"""What the apps get: a message for each screen, and the few fields that it shows."""

from domain_services.vocabulary import CategoryId, Money, Sku
from maestri.contracts import LeftOut, Message
from sub_orchestrators.storefront.contract import Attribute, AvailabilityLevel, Facet


class Card(Message):
    """A product in a list. What is None is unknown at the moment."""

    sku: Sku
    title: str
    picture: str
    """Path of the picture."""
    price: Money | None = None
    rating: float | None = None
    """Average stars, from 1 to 5; 0 without reviews."""


class TinyCard(Message):
    """The least that can be said of a product, for a widget or a notification."""

    sku: Sku
    title: str
    price: Money | None = None
    left_out: LeftOut = ()


class ShelfRow(Message):
    """A row of products that is pushed sideways."""

    title: str
    cards: tuple[Card, ...]
    category_id: CategoryId | None = None


class HomeScreen(Message):
    """What the app opens with."""

    featured: Card | None
    shelves: tuple[ShelfRow, ...]
    left_out: LeftOut = ()


class CategoryRow(Message):
    """A department in the menu."""

    category_id: CategoryId
    title: str
    product_count: int


class CategoriesScreen(Message):
    """The menu of departments, in the order of the store's shelves."""

    categories: tuple[CategoryRow, ...]


class ListingScreen(Message):
    """Some products of a department, and the way to more."""

    title: str
    cards: tuple[Card, ...]
    total: int
    facets: tuple[Facet, ...] = ()
    """What the list can be narrowed by; only on the first page."""
    next_cursor: str | None = None
    """Pass it on as ``cursor`` to get the next cards; None at the end."""
    left_out: LeftOut = ()


class Stars(Message):
    """What customers think of a product."""

    average: float
    count: int


class Availability(Message):
    """Whether a product can be sent, and in how many days it arrives."""

    level: AvailabilityLevel
    delivery_days_min: int
    delivery_days_max: int


class ReviewRow(Message):
    """A customer's review."""

    author: str
    stars: int
    title: str
    text: str


class ProductScreen(Message):
    """One product. What is None is unknown at the moment."""

    sku: Sku
    title: str
    description: str
    picture: str
    """Path of the picture."""
    brand: str | None = None
    price: Money | None = None
    was: Money | None = None
    """The price before a reduction."""
    availability: Availability | None = None
    rating: Stars | None = None
    attributes: tuple[Attribute, ...] = ()
    reviews: tuple[ReviewRow, ...] = ()
    similar: tuple[Card, ...] = ()
    left_out: LeftOut = ()


class SearchScreen(Message):
    """The products that fit a query best."""

    query: str
    cards: tuple[Card, ...]
    total: int
    left_out: LeftOut = ()


class NewCart(Message):
    """An empty cart, known by its token alone."""

    token: str
    """Pass it on in the header ``x-cart-token``. Whoever holds it may use the cart."""


class CartRow(Message):
    """A product in the cart. What may not be sold, or has no price now, has no total."""

    sku: Sku
    title: str
    quantity: int
    picture: str
    """Path of the picture."""
    price: Money | None = None
    line_total: Money | None = None
    availability: AvailabilityLevel | None = None


class CartScreen(Message):
    """What the customer is about to buy."""

    lines: tuple[CartRow, ...]
    item_count: int
    """The sum of quantities, not the number of lines."""
    total: Money | None = None
    """None: the cart is empty, or a line has no total."""
    left_out: LeftOut = ()
