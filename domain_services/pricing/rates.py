"""Exchange rates: fetched seldom, kept, and used stale while the external service is down."""

import asyncio
import logging
from datetime import date
from decimal import Decimal

from msgspec import structs

from domain_services.pricing.contract import RatesUnavailable
from domain_services.pricing.domain import BASE_CURRENCY, FOREIGN_CURRENCIES, Conversion
from domain_services.pricing.exchange_rates import ExchangeRates, LatestRates
from domain_services.pricing.store import PriceStore, RateRow
from domain_services.vocabulary import Currency
from maestri import clock
from maestri.context import current, use_context
from maestri.errors import CallError, DatabaseError

log = logging.getLogger("store.pricing")

FRESH_S = 600.0
"""So long nobody asks the external service again."""

RETRY_S = 15.0
"""So long nobody asks it again after it failed."""

FETCH_S_MAX = 0.4
"""So long a customer waits for it."""


class Rates:
    """
    Knows how to convert.

    Rates younger than 10 minutes are used as they are. Older ones are renewed, by one call at a
    time, of at most 0.4 s. If that fails, the last ones are used, and reported as stale, and the
    external service is left in peace for 15 s. Replicas that share a database share its rates.
    """

    def __init__(self, store: PriceStore, exchange_rates: ExchangeRates) -> None:
        self._store = store
        self._exchange_rates = exchange_rates
        self._rows: dict[str, RateRow] = {}
        self._renewal: asyncio.Task[None] | None = None
        self._failed_at = -RETRY_S

    async def conversion(self, currency: Currency) -> Conversion:
        """
        Return how euros become *currency*.

        Raises:
            RatesUnavailable: There never were any rates, and there are none now.
        """
        if not self._are_fresh():
            # All who wait share one renewal; who gives up does not take it from the others.
            if self._renewal is None or self._renewal.done():
                self._renewal = asyncio.create_task(self._renew())
            await asyncio.shield(self._renewal)
        row = self._rows.get(currency)
        if row is None:
            raise RatesUnavailable(currency=currency)
        stale = not self._are_fresh()
        return Conversion(currency, Decimal(row.rate), date.fromisoformat(row.as_of), stale)

    def _are_fresh(self) -> bool:
        oldest = min((row.fetched_at for row in self._rows.values()), default=None)
        return oldest is not None and 0 <= clock.age_s(oldest) < FRESH_S

    async def _renew(self) -> None:
        self._rows = {row.currency: row for row in await self._store.rates()}
        if self._are_fresh() or clock.now_s() - self._failed_at < RETRY_S:
            return
        try:
            rows = _rows(await self._fetched())
        except (CallError, TimeoutError, ValueError) as error:
            self._failed_at = clock.now_s()
            log.warning("exchange rates could not be renewed: %r", error)
            return
        self._rows = {row.currency: row for row in rows}
        try:
            await self._store.keep_rates(rows)
        except (DatabaseError, CallError) as error:
            log.warning("exchange rates could not be kept: %s", error)

    async def _fetched(self) -> LatestRates:
        # The first customer's deadline may be near; the external service is not to blame for that.
        deadline_s = clock.now_s() + FETCH_S_MAX
        with use_context(structs.replace(current(), deadline_s=deadline_s)):
            async with clock.timeout_at(deadline_s):
                return await self._exchange_rates.latest(
                    BASE_CURRENCY, ",".join(FOREIGN_CURRENCIES)
                )


def _rows(latest: LatestRates) -> tuple[RateRow, ...]:
    if latest.base_currency != BASE_CURRENCY:
        raise ValueError(f"the rates are for {latest.base_currency}, not {BASE_CURRENCY}")
    now_s, as_of = clock.unix_s(), latest.as_of_date.isoformat()
    rows = []
    for currency in FOREIGN_CURRENCIES:
        rate = latest.rates.get(currency)
        if rate is None or not rate.is_finite() or rate <= 0:
            raise ValueError(f"the rate of {currency} is {rate}")
        rows.append(RateRow(currency, str(rate), as_of, now_s))
    return tuple(rows)
