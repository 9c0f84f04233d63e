"""Rules of fulfilment: what a product's quantities in all warehouses mean for a customer."""

from collections.abc import Sequence

from domain_services.inventory.contract import Warehouse
from maestri.contracts import Message
from sub_orchestrators.fulfilment.contract import FEW_MAX, AvailabilityLevel

DAYS_MIN_DEFAULT = 2
DAYS_MAX_DEFAULT = 4


class Total(Message):
    """The reduce of a map-reduce: one product over all warehouses that answered."""

    level: AvailabilityLevel
    left: int
    warehouses: tuple[str, ...]
    delivery_days_min: int
    delivery_days_max: int


def total(warehouses: Sequence[Warehouse], stocks: Sequence[int | None]) -> Total:
    """
    Add up the quantities of one product.

    Args:
        warehouses: The fastest first.
        stocks: The quantity in each, in the same order; None where the warehouse did not answer.
    """
    having = [place for place, left in zip(warehouses, stocks, strict=True) if left]
    left = sum(filter(None, stocks))
    return Total(
        level="none" if not left else "few" if left <= FEW_MAX else "in_stock",
        left=left,
        warehouses=tuple(place.title for place in having),
        delivery_days_min=min((p.delivery_days_min for p in having), default=DAYS_MIN_DEFAULT),
        delivery_days_max=min((p.delivery_days_max for p in having), default=DAYS_MAX_DEFAULT),
    )
