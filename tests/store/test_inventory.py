from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain_services import seed_data
from domain_services.inventory.container import Container
from domain_services.inventory.contract import Inventory, UnknownWarehouse
from domain_services.vocabulary import Sku, WarehouseId
from maestri.contracts import Failed, Succeeded
from maestri.errors import InvalidRequest
from maestri.links import Invoker, LocalLink, stub


@pytest.fixture
async def inventory(tmp_path: Path) -> AsyncIterator[Inventory]:
    """Start the service and call it as others do."""
    container = Container()
    container.settings.from_dict({"database_url": f"sqlite://{tmp_path}/inventory.db"})
    async with container.database():
        yield stub(Inventory, LocalLink(Invoker(container.service()), strict=True))


async def test_the_fastest_warehouse_comes_first(inventory: Inventory) -> None:
    """Warehouses are sorted by how long their parcels take."""
    warehouses = await inventory.warehouses()

    assert {place.id for place in seed_data.warehouses()} == {
        warehouse.warehouse_id for warehouse in warehouses
    }
    days = [warehouse.delivery_days_max for warehouse in warehouses]
    assert sorted(days) == days


async def test_stock_is_that_of_the_seed_data(inventory: Inventory) -> None:
    """An empty inventory is filled with the opening stock."""
    lyon = WarehouseId("lyon")
    levels = {row.sku: row.quantity for row in seed_data.stock() if row.warehouse_id == lyon}
    asked = tuple(levels)[:200]

    expected = {sku: Succeeded(levels[sku]) for sku in asked}
    assert expected == await inventory.stocks(lyon, asked)
    assert levels[asked[0]] == await inventory.stock(lyon, asked[0])


async def test_what_was_never_stored_has_a_stock_of_zero(inventory: Inventory) -> None:
    """The inventory knows skus, not products, so none is unknown."""
    expected = {Sku("NO-1"): Succeeded(0)}
    assert expected == await inventory.stocks(WarehouseId("lyon"), (Sku("NO-1"),))


async def test_an_unknown_warehouse_is_refused(inventory: Inventory) -> None:
    """Only an unknown warehouse is an error, not an unknown sku."""
    with pytest.raises(UnknownWarehouse) as refusal:
        await inventory.stock(WarehouseId("atlantis"), Sku("BOK-0001"))
    assert "atlantis" == refusal.value.warehouse_id
    outcomes = await inventory.stocks(WarehouseId("atlantis"), (Sku("BOK-0001"),))
    assert [("BOK-0001", Failed)] == [(sku, type(outcome)) for sku, outcome in outcomes.items()]


async def test_too_many_skus_are_refused_by_name(inventory: Inventory) -> None:
    """A call is about at most 200 products."""
    skus = tuple(Sku(f"X-{number}") for number in range(201))

    with pytest.raises(InvalidRequest) as refusal:
        await inventory.stocks(WarehouseId("lyon"), skus)
    assert "skus" == refusal.value.field
