"""What the hand-written services of the real store answer: the words of the store, in pydantic."""

from pydantic import BaseModel


class Money(BaseModel):
    """An amount."""

    amount_minor: int
    currency: str


class Offer(BaseModel):
    """What a product costs."""

    sku: str
    price: Money
    was: Money | None = None
    rates_as_of: str | None = None
    rates_stale: bool = False


class Availability(BaseModel):
    """Whether a product can be sent."""

    sku: str
    level: str
    left: int
    warehouses: list[str]
    delivery_days_min: int
    delivery_days_max: int


class Rating(BaseModel):
    """What the reviews of a product amount to."""

    sku: str
    count: int
    average: float
    histogram: list[int]


class Review(BaseModel):
    """One opinion."""

    review_id: str
    author: str
    stars: int
    title: str
    text: str
    written_on: str


class Category(BaseModel):
    """A department."""

    category_id: str
    title: str
    description: str
    group: str
    product_count: int


class Attribute(BaseModel):
    """A property of a product."""

    name: str
    value: str


class Product(BaseModel):
    """A product with what the catalog knows about it."""

    sku: str
    title: str
    description: str
    brand: str
    brand_story: str | None
    category: Category
    attributes: list[Attribute]
    similar: list[str]


class Summary(BaseModel):
    """What a list shows of a product."""

    sku: str
    title: str
    brand: str


class Card(BaseModel):
    """A product in a list."""

    sku: str
    title: str
    brand: str
    offer: Offer | None
    rating: Rating | None
    availability: str | None


class ProductPage(BaseModel):
    """Everything about one product."""

    sku: str
    title: str
    description: str
    brand: str
    brand_story: str | None
    category: Category
    attributes: list[Attribute]
    offer: Offer | None
    availability: Availability | None
    rating: Rating | None
    reviews: list[Review]
    similar: list[Card]
