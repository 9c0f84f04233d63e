"""The interface of the page."""

from benchmarks.stub_store.services.contract import Availability, Offer, Product, Reviews
from maestri.contracts import Contract, Message, get


class ProductPage(Message):
    """A product with everything that belongs to it."""

    product: Product
    offer: Offer
    availability: Availability
    reviews: Reviews


class Pages(Contract, id="stub.pages", edge=True):
    """What a client sees."""

    @get("/api/products/{sku}")
    async def product_page(self, sku: str) -> ProductPage:
        """Return the page of one product."""
        ...
