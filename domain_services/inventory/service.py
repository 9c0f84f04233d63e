"""The inventory service: serves its contract from its store."""

from collections.abc import Mapping

from domain_services.inventory.contract import Inventory, UnknownWarehouse, Warehouse
from domain_services.inventory.store import InventoryStore
from domain_services.vocabulary import Sku, WarehouseId
from maestri.contracts import Failed, Outcome, Succeeded


class InventoryService(Inventory):
    """Knows what lies where."""

    def __init__(self, store: InventoryStore) -> None:
        self._store = store

    async def warehouses(self) -> tuple[Warehouse, ...]:
        """Return all warehouses, the fastest first."""
        return await self._store.warehouses()

    async def stock(self, warehouse_id: WarehouseId, sku: Sku) -> int:
        """Return the quantity of one product in one warehouse."""
        return (await self._quantities(warehouse_id, (sku,)))[sku]

    async def stocks(
        self, warehouse_id: WarehouseId, skus: tuple[Sku, ...]
    ) -> Mapping[Sku, Outcome[int]]:
        """Return the quantity of each of *skus* in one warehouse."""
        try:
            quantities = await self._quantities(warehouse_id, skus)
        except UnknownWarehouse as error:
            return dict.fromkeys(skus, Failed.of(error))
        return {sku: Succeeded(count) for sku, count in quantities.items()}

    async def _quantities(self, warehouse_id: WarehouseId, skus: tuple[Sku, ...]) -> dict[Sku, int]:
        rows = await self._store.stock(warehouse_id, skus)
        if not rows and not await self._store.has_warehouse(warehouse_id):
            raise UnknownWarehouse(warehouse_id=warehouse_id)
        count_by_sku = {row.sku: row.quantity for row in rows}
        return {sku: count_by_sku.get(sku, 0) for sku in skus}
