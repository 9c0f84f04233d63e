"""The interface of the inventory: what lies in which warehouse."""

from collections.abc import Mapping

from domain_services.parameters import SKUS_MAX, SkuKey, SkuKeys, WarehouseKey
from domain_services.vocabulary import Sku, WarehouseId
from maestri.contracts import Contract, Message, Outcome, get
from maestri.errors import Rejected

WAREHOUSES_MAX = 8


class UnknownWarehouse(Rejected, id="inventory.unknown_warehouse", status=404):
    """There is no such warehouse. Ask for one from the list of warehouses."""

    warehouse_id: str


class Warehouse(Message):
    """A place that ships parcels, and how long these take."""

    warehouse_id: WarehouseId
    title: str
    country: str
    delivery_days_min: int
    delivery_days_max: int


class Inventory(Contract, id="inventory"):
    """Stock by warehouse. It knows skus, not products: what was never stored has a stock of 0."""

    @get("/warehouses")
    async def warehouses(self) -> tuple[Warehouse, ...]:
        """Return all warehouses, the fastest first; at most 8."""
        ...

    @get("/warehouses/{warehouse_id}/stock/{sku}", raises=[UnknownWarehouse])
    async def stock(self, warehouse_id: WarehouseKey, sku: SkuKey) -> int:
        """Return the quantity of one product in one warehouse."""
        ...

    @get("/warehouses/{warehouse_id}/stock", batch_of="stock", batch_max=SKUS_MAX)
    async def stocks(self, warehouse_id: WarehouseKey, skus: SkuKeys) -> Mapping[Sku, Outcome[int]]:
        """Return the quantity of each of *skus* in one warehouse."""
        ...
