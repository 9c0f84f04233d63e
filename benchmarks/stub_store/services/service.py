"""Serves the same responses for every product."""

from collections.abc import Mapping

from benchmarks.stub_store import responses
from benchmarks.stub_store.services.contract import (
    Availability,
    Catalog,
    Inventory,
    Offer,
    Opinions,
    Price,
    Prices,
    Pricing,
    Product,
    Review,
    Reviews,
)
from maestri.contracts import Outcome, Succeeded

LATEST = tuple(Review(**review) for review in responses.LATEST)


class StubServices(Catalog, Pricing, Prices, Inventory, Opinions):
    """All services."""

    async def product(self, sku: str) -> Product:
        """Return the one product."""
        return Product(sku, **responses.PRODUCT)

    async def offer(self, sku: str) -> Offer:
        """Return the one price."""
        return Offer(sku, **responses.OFFER)

    async def price(self, sku: str) -> Price:
        """Return the one amount."""
        return Price(sku, responses.OFFER["amount_minor"])

    async def prices(self, skus: tuple[str, ...]) -> Mapping[str, Outcome[Price]]:
        """Return the one amount for each."""
        amount_minor = responses.OFFER["amount_minor"]
        return {sku: Succeeded(Price(sku, amount_minor)) for sku in skus}

    async def availability(self, sku: str) -> Availability:
        """Return the one stock."""
        return Availability(sku, **responses.AVAILABILITY)

    async def reviews(self, sku: str) -> Reviews:
        """Return the three opinions."""
        return Reviews(sku, **responses.REVIEWS, latest=LATEST)
