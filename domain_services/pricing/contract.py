"""The interface of pricing: what a product costs in a customer's currency."""

from collections.abc import Mapping
from datetime import date

from domain_services.parameters import SKUS_MAX, SkuKey, SkuKeys
from domain_services.vocabulary import Currency, Money, Sku
from maestri.contracts import Contract, Message, Outcome, get
from maestri.errors import Rejected


class NoPrice(Rejected, id="pricing.no_price", status=404):
    """Nobody has set a price for this product. It cannot be offered until somebody does."""

    sku: str


class RatesUnavailable(Rejected, id="pricing.rates_unavailable", status=503):
    """There are no exchange rates for this currency yet. Ask in euros, or later."""

    currency: Currency


class Price(Message):
    """What the store asks for one product."""

    sku: Sku
    amount: Money
    was: Money | None
    """The price before a reduction."""
    rates_as_of: date | None
    """The day of the exchange rates. None: nothing was converted."""
    rates_stale: bool
    """The exchange rates could not be renewed in time."""


class Pricing(Contract, id="pricing"):
    """Prices are set in euros, and converted with the rates of an external service."""

    @get("/offers/{sku}", raises=[NoPrice, RatesUnavailable])
    async def offer(self, sku: SkuKey, currency: Currency = "EUR") -> Price:
        """Return the price of one product. Euros never need exchange rates."""
        ...

    @get("/offers", batch_of="offer", batch_max=SKUS_MAX)
    async def offers(
        self, skus: SkuKeys, currency: Currency = "EUR"
    ) -> Mapping[Sku, Outcome[Price]]:
        """Return the prices of many products, all converted with the same rates."""
        ...
