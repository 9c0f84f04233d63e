"""The interfaces of the stub services: what a product page needs, one call each."""

from collections.abc import Mapping

from maestri.contracts import Contract, Message, Outcome, get


class Product(Message):
    """What the catalog says."""

    sku: str
    title: str
    description: str
    brand: str
    category: str


class Offer(Message):
    """What pricing says."""

    sku: str
    amount_minor: int
    list_minor: int
    currency: str


class Price(Message):
    """The least that pricing says."""

    sku: str
    amount_minor: int


class Availability(Message):
    """What inventory says."""

    sku: str
    left: int
    level: str
    days_min: int
    days_max: int


class Review(Message):
    """One opinion."""

    author: str
    stars: int
    text: str


class Reviews(Message):
    """What reviews say."""

    sku: str
    count: int
    average: float
    latest: tuple[Review, ...]


class Catalog(Contract, id="stub.catalog"):
    """What is sold."""

    @get("/products/{sku}")
    async def product(self, sku: str) -> Product:
        """Return one product."""
        ...


class Pricing(Contract, id="stub.pricing"):
    """What it costs."""

    @get("/offers/{sku}")
    async def offer(self, sku: str) -> Offer:
        """Return what one product costs."""
        ...


class Prices(Contract, id="stub.prices"):
    """What it costs, for one or for many."""

    @get("/prices/{sku}")
    async def price(self, sku: str) -> Price:
        """Return the price of one product."""
        ...

    @get("/prices", batch_of="price", batch_max=200)
    async def prices(self, skus: tuple[str, ...]) -> Mapping[str, Outcome[Price]]:
        """Return the prices of many products."""
        ...


class Inventory(Contract, id="stub.inventory"):
    """What is there."""

    @get("/availability/{sku}")
    async def availability(self, sku: str) -> Availability:
        """Return how much of one product is there."""
        ...


class Opinions(Contract, id="stub.opinions"):
    """What others think."""

    @get("/reviews/{sku}")
    async def reviews(self, sku: str) -> Reviews:
        """Return the newest opinions of one product."""
        ...
