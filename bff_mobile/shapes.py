"""
What this client asks the levels below for: the fields that a screen shows, and no others.

What led only to other fields is not called, at any level: lists never ask for stock. Where a screen
shows a message as it comes, the screen's own is the shape.
"""

from bff_mobile.screens import Availability, ReviewRow, Stars
from domain_services.vocabulary import CategoryId, Money, Sku
from maestri.contracts import Message
from sub_orchestrators.storefront.contract import Attribute, AvailabilityLevel, Facet


class PriceShape(Message):
    """Of an offer."""

    price: Money


class ReducedPriceShape(Message):
    """Of an offer, with what it was before."""

    price: Money
    was: Money | None


class AverageShape(Message):
    """Of a rating."""

    average: float


class CardShape(Message):
    """Of a card in a list."""

    sku: Sku
    title: str
    offer: PriceShape | None
    rating: AverageShape | None


class TinyCardShape(Message):
    """Of a card on its own."""

    sku: Sku
    title: str
    offer: PriceShape | None


class ShelfShape(Message):
    """Of a shelf."""

    title: str
    cards: tuple[CardShape, ...]
    category_id: CategoryId | None


class HomeShape(Message):
    """Of the front of the store."""

    featured: CardShape | None
    shelves: tuple[ShelfShape, ...]


class TitleShape(Message):
    """Of a category above its products."""

    title: str


class ListingShape(Message):
    """Of one page of a category."""

    category: TitleShape
    cards: tuple[CardShape, ...]
    total: int
    facets: tuple[Facet, ...]
    pages: int


class SearchShape(Message):
    """Of what was found."""

    query: str
    cards: tuple[CardShape, ...]
    total: int


class ProductShape(Message):
    """Of a product's page."""

    sku: Sku
    title: str
    description: str
    brand: str | None
    offer: ReducedPriceShape | None
    availability: Availability | None
    rating: Stars | None
    attributes: tuple[Attribute, ...]
    reviews: tuple[ReviewRow, ...]
    similar: tuple[CardShape, ...]


class CartLineShape(Message):
    """Of a line of a cart."""

    sku: Sku
    title: str
    quantity: int
    offer: PriceShape | None
    line_total: Money | None
    availability: AvailabilityLevel | None


class CartShape(Message):
    """Of a cart."""

    lines: tuple[CartLineShape, ...]
    item_count: int
    total: Money | None
