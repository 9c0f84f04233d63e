"""Prices in euros and the last exchange rates, in SQL."""

from collections.abc import Sequence

import msgspec

from domain_services import seed_data
from domain_services.pricing.domain import EuroPrice
from domain_services.vocabulary import Currency, Sku
from maestri.databases import Database, Migration, Transaction


def _fill(transaction: Transaction) -> None:
    transaction.execute_many(
        "INSERT INTO price (sku, price_minor, was_minor) VALUES (:sku, :price_minor, :was_minor)",
        (msgspec.structs.asdict(price) for price in seed_data.prices()),
    )


MIGRATIONS = (
    Migration(
        1,
        "prices and exchange rates",
        """
        CREATE TABLE price (
            sku TEXT PRIMARY KEY,
            price_minor BIGINT NOT NULL CHECK (price_minor > 0),
            was_minor BIGINT CHECK (was_minor > price_minor)
        );
        CREATE TABLE exchange_rate (
            currency TEXT PRIMARY KEY,
            rate TEXT NOT NULL,
            as_of TEXT NOT NULL,
            fetched_at DOUBLE PRECISION NOT NULL
        );
        """,
    ),
    Migration(2, "seed data", _fill),
)


class RateRow(msgspec.Struct, frozen=True):
    """One exchange rate as it is stored: *rate* is a decimal and *as_of* a day, both as texts."""

    currency: Currency
    rate: str
    as_of: str
    fetched_at: float


class PriceStore:
    """Reads prices; keeps exchange rates over restarts, and for the other replicas."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def prices(self, skus: tuple[Sku, ...]) -> tuple[EuroPrice, ...]:
        """Return the prices of many products; nothing for one without a price."""
        return await self._database.rows(
            EuroPrice, "SELECT sku, price_minor, was_minor FROM price WHERE sku IN :skus", skus=skus
        )

    async def rates(self) -> tuple[RateRow, ...]:
        """Return the last exchange rates."""
        return await self._database.rows(
            RateRow, "SELECT currency, rate, as_of, fetched_at FROM exchange_rate"
        )

    async def keep_rates(self, rows: Sequence[RateRow]) -> None:
        """Keep newer exchange rates in place of the last ones."""

        def change(transaction: Transaction) -> None:
            transaction.execute_many(
                "INSERT INTO exchange_rate (currency, rate, as_of, fetched_at)"
                " VALUES (:currency, :rate, :as_of, :fetched_at)"
                " ON CONFLICT (currency) DO UPDATE SET rate = excluded.rate,"
                " as_of = excluded.as_of, fetched_at = excluded.fetched_at",
                [msgspec.structs.asdict(row) for row in rows],
            )

        await self._database.write(change)
