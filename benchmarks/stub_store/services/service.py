"""Serves the same responses for every product."""

from benchmarks.stub_store import responses
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

LATEST = tuple(Review(**review) for review in responses.LATEST)


class StubServices(Catalog, Pricing, Inventory, Opinions):
    """All four services."""

    async def product(self, sku: str) -> Product:
        """Return the one product."""
        return Product(sku, **responses.PRODUCT)

    async def offer(self, sku: str) -> Offer:
        """Return the one price."""
        return Offer(sku, **responses.OFFER)

    async def availability(self, sku: str) -> Availability:
        """Return the one stock."""
        return Availability(sku, **responses.AVAILABILITY)

    async def reviews(self, sku: str) -> Reviews:
        """Return the three opinions."""
        return Reviews(sku, **responses.REVIEWS, latest=LATEST)
