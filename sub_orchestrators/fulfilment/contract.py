"""The interface of fulfilment: the gateway of the cell that sends parcels."""

from collections.abc import Mapping
from typing import Literal

from domain_services.parameters import SKUS_MAX, SkuKey, SkuKeys
from domain_services.vocabulary import Sku
from maestri.contracts import Contract, LeftOut, Message, Outcome, get

AvailabilityLevel = Literal["in_stock", "few", "none"]

FEW_MAX = 5
"""This quantity or less, but not none, are "few"."""


class Availability(Message):
    """Whether a product can be sent, from where, and how long that takes."""

    sku: Sku
    level: AvailabilityLevel
    left: int
    """Pieces in all warehouses that answered."""
    warehouses: tuple[str, ...] = ()
    """Titles of the warehouses that have it, the fastest first."""
    delivery_days_min: int = 2
    delivery_days_max: int = 4
    left_out: LeftOut = ()


class Fulfilment(Contract, id="fulfilment"):
    """
    What can be sent, and when.

    A map-reduce: every warehouse is asked at once, and the results are added up. A warehouse that
    does not answer is left out, and counts as one that has nothing.
    """

    @get("/availability/{sku}")
    async def availability(self, sku: SkuKey) -> Availability:
        """Return the availability of one product; a sku that was never stored has none."""
        ...

    @get("/availability", batch_of="availability", batch_max=SKUS_MAX)
    async def availabilities(self, skus: SkuKeys) -> Mapping[Sku, Outcome[Availability]]:
        """Return the availability of many products, with one call to each warehouse."""
        ...
