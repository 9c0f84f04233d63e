"""Warehouses and stock in SQL."""

import msgspec

from domain_services import seed_data
from domain_services.inventory.contract import Warehouse
from domain_services.inventory.domain import delivery_days
from domain_services.vocabulary import Sku, WarehouseId
from maestri.databases import Database, Migration, Transaction


def _fill(transaction: Transaction) -> None:
    for place in seed_data.warehouses():
        days_min, days_max = delivery_days(place.country)
        transaction.execute(
            "INSERT INTO warehouse VALUES (:warehouse_id, :title, :country, :days_min, :days_max)",
            warehouse_id=place.id,
            title=place.city,
            country=place.country,
            days_min=days_min,
            days_max=days_max,
        )
    transaction.execute_many(
        "INSERT INTO stock (warehouse_id, sku, quantity) VALUES (:warehouse_id, :sku, :quantity)",
        (msgspec.structs.asdict(level) for level in seed_data.stock()),
    )


MIGRATIONS = (
    Migration(
        1,
        "warehouses and stock",
        """
        CREATE TABLE warehouse (
            warehouse_id TEXT PRIMARY KEY,
            title TEXT NOT NULL,
            country TEXT NOT NULL,
            delivery_days_min BIGINT NOT NULL,
            delivery_days_max BIGINT NOT NULL
        );
        CREATE TABLE stock (
            warehouse_id TEXT NOT NULL REFERENCES warehouse,
            sku TEXT NOT NULL,
            quantity BIGINT NOT NULL CHECK (quantity >= 0),
            PRIMARY KEY (warehouse_id, sku)
        );
        """,
    ),
    Migration(2, "seed data", _fill),
)

_WAREHOUSES = (
    "SELECT warehouse_id, title, country, delivery_days_min, delivery_days_max FROM warehouse"
)


class StockRow(msgspec.Struct, frozen=True):
    """The quantity of a product in a warehouse."""

    sku: str
    quantity: int


class InventoryStore:
    """Reads warehouses and stock."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def warehouses(self) -> tuple[Warehouse, ...]:
        """Return all warehouses, the fastest first."""
        return await self._database.rows(
            Warehouse, f"{_WAREHOUSES} ORDER BY delivery_days_max, warehouse_id"
        )

    async def has_warehouse(self, warehouse_id: WarehouseId) -> bool:
        """Tell whether there is such a warehouse."""
        found = await self._database.row(
            Warehouse,
            f"{_WAREHOUSES} WHERE warehouse_id = :warehouse_id",
            warehouse_id=warehouse_id,
        )
        return found is not None

    async def stock(self, warehouse_id: WarehouseId, skus: tuple[Sku, ...]) -> tuple[StockRow, ...]:
        """Return what a warehouse has of *skus*; nothing about what it never stored."""
        return await self._database.rows(
            StockRow,
            "SELECT sku, quantity FROM stock WHERE warehouse_id = :warehouse_id AND sku IN :skus",
            warehouse_id=warehouse_id,
            skus=skus,
        )
