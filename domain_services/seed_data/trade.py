"""What the store asks for its products, and where they lie."""

from domain_services.seed_data.assortment import drafts, shelf_price_minor
from domain_services.seed_data.chance import dice, happens
from domain_services.seed_data.records import Price, StockLevel, Warehouse
from domain_services.vocabulary import Sku, WarehouseId

_DISCOUNTED_RATE = 0.15
_SOLD_OUT_RATE = 0.03
_ABSENT_RATE = 0.22
_QUANTITY_MAX = 240


def prices() -> tuple[Price, ...]:
    """Price every product; about one in seven is discounted against its recommended price."""
    return tuple(_price(draft.sku, draft.price_minor) for draft in drafts())


def warehouses() -> tuple[Warehouse, ...]:
    """List the places that ship parcels."""
    return (
        Warehouse(WarehouseId("hamburg"), "Hamburg", "Germany"),
        Warehouse(WarehouseId("lyon"), "Lyon", "France"),
        Warehouse(WarehouseId("poznan"), "Poznań", "Poland"),
        Warehouse(WarehouseId("valencia"), "Valencia", "Spain"),
    )


def stock() -> tuple[StockLevel, ...]:
    """Count every product in every warehouse; about one in thirty is sold out everywhere."""
    places = tuple(place.id for place in warehouses())
    levels = []
    for draft in drafts():
        rng = dice(f"stock/{draft.sku}")
        sold_out = happens(rng, _SOLD_OUT_RATE)
        usual = 9 + 250_000 / (3_000 + draft.price_minor)
        for place in places:
            absent = sold_out or happens(rng, _ABSENT_RATE)
            quantity = 0 if absent else min(_QUANTITY_MAX, 1 + int(rng.expovariate(1 / usual)))
            levels.append(StockLevel(draft.sku, place, quantity))
    return tuple(levels)


def _price(sku: Sku, recommended_minor: int) -> Price:
    rng = dice(f"price/{sku}")
    if not happens(rng, _DISCOUNTED_RATE):
        return Price(sku, recommended_minor, None)
    reduced = shelf_price_minor(recommended_minor * rng.uniform(0.6, 0.88))
    return (
        Price(sku, reduced, recommended_minor)
        if reduced < recommended_minor
        else Price(sku, reduced, None)
    )
