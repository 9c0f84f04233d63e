"""Serves the same answers for every product."""

from benchmarks.stub_store import answers
from benchmarks.stub_store.services.contract import (
    Availability,
    Catalog,
    Inventory,
    Offer,
    Opinions,
    Pricing,
    Product,
    Review,
    Reviews,
)

LATEST = tuple(Review(**review) for review in answers.LATEST)


class StubServices(Catalog, Pricing, Inventory, Opinions):
    """All four services."""

    async def product(self, sku: str) -> Product:
        """Return the one product."""
        return Product(sku, **answers.PRODUCT)

    async def offer(self, sku: str) -> Offer:
        """Return the one price."""
        return Offer(sku, **answers.OFFER)

    async def availability(self, sku: str) -> Availability:
        """Return the one stock."""
        return Availability(sku, **answers.AVAILABILITY)

    async def reviews(self, sku: str) -> Reviews:
        """Return the three opinions."""
        return Reviews(sku, **answers.REVIEWS, latest=LATEST)
