"""What fulfilment does: a map-reduce over warehouses."""

from collections.abc import Mapping

from domain_services.inventory.contract import (
    WAREHOUSES_MAX,
    Inventory,
    UnknownWarehouse,
    Warehouse,
)
from domain_services.parameters import SKUS_MAX, SkuKey, SkuKeys
from domain_services.vocabulary import Sku
from maestri.contracts import Outcome
from maestri.plans import (
    call,
    composition,
    compute,
    each,
    left_out,
    optional,
    outcomes,
    rescue,
)
from sub_orchestrators.fulfilment.contract import Availability
from sub_orchestrators.fulfilment.domain import total


@composition
def availability(sku: SkuKey) -> Availability:
    """Ask every warehouse for its stock at once (map), and add up what they answer (reduce)."""
    warehouses = call(Inventory.warehouses)

    def stock_in(place: Warehouse) -> int | None:
        stock = call(Inventory.stock, place.warehouse_id, sku)
        return optional(rescue(stock, {UnknownWarehouse: lambda: 0}))

    stocks = each(warehouses, stock_in, items_max=WAREHOUSES_MAX)
    found = compute(total, warehouses, stocks)
    return Availability(
        sku=sku,
        level=found.level,
        left=found.left,
        warehouses=found.warehouses,
        delivery_days_min=found.delivery_days_min,
        delivery_days_max=found.delivery_days_max,
        left_out=left_out(),
    )


@composition
def availabilities(skus: SkuKeys) -> Mapping[Sku, Outcome[Availability]]:
    """Do the same for many products: still one call to each warehouse."""
    return outcomes(skus, availability, items_max=SKUS_MAX)
