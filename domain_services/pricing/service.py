"""The pricing service: serves its contract from its store, and converts."""

from collections.abc import Callable, Mapping
from functools import partial

from domain_services.pricing.contract import NoPrice, Price, Pricing
from domain_services.pricing.domain import (
    BASE_CURRENCY,
    EuroPrice,
    converted_price,
    euro_price,
)
from domain_services.pricing.rates import Rates
from domain_services.pricing.store import PriceStore
from domain_services.vocabulary import Currency, Sku
from maestri.contracts import Failed, Outcome, Succeeded
from maestri.errors import Rejected


class PricingService(Pricing):
    """Knows what products cost."""

    def __init__(self, store: PriceStore, rates: Rates) -> None:
        self._store = store
        self._rates = rates

    async def offer(self, sku: Sku, currency: Currency = "EUR") -> Price:
        """Return the price of one product."""
        rows = await self._store.prices((sku,))
        if not rows:
            raise NoPrice(sku=sku)
        return (await self._converter(currency))(rows[0])

    async def offers(
        self, skus: tuple[Sku, ...], currency: Currency = "EUR"
    ) -> Mapping[Sku, Outcome[Price]]:
        """Return the prices of many products."""
        row_by_sku = {row.sku: row for row in await self._store.prices(skus)}
        try:
            convert = await self._converter(currency)
        except Rejected as error:
            # A key without a price keeps its own error, as when it is asked for alone.
            failed = Failed.of(error)
            return {sku: failed if sku in row_by_sku else _no_price(sku) for sku in skus}
        return {
            sku: Succeeded(convert(row_by_sku[sku])) if sku in row_by_sku else _no_price(sku)
            for sku in skus
        }

    async def _converter(self, currency: Currency) -> Callable[[EuroPrice], Price]:
        if currency == BASE_CURRENCY:
            return euro_price
        return partial(converted_price, conversion=await self._rates.conversion(currency))


def _no_price(sku: Sku) -> Failed:
    return Failed.of(NoPrice(sku=sku))
