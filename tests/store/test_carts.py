import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from domain_services.carts.container import Container
from domain_services.carts.contract import LINES_MAX, Cart, CartFull, CartLine, Carts
from domain_services.vocabulary import CartId, Sku
from maestri.errors import InvalidRequest
from maestri.links import Invoker, LocalLink, stub
from maestri.testing import embedded_postgres, fresh_database

MINE, OTHERS = CartId("mine"), CartId("others")
TEA, CUP = Sku("TEA-1"), Sku("CUP-1")


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """One server for all tests of this file."""
    with embedded_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name an empty database of each sort."""
    if request.param == "sqlite":
        return f"sqlite://{tmp_path}/carts.db"
    return fresh_database(request.getfixturevalue("postgres"))


@pytest.fixture
async def carts(database_url: str) -> AsyncIterator[Carts]:
    """Start the service and call it as others do."""
    container = Container()
    container.settings.from_dict({"database_url": database_url})
    async with container.database():
        yield stub(Carts, LocalLink(Invoker(container.service()), strict=True))


async def test_a_cart_that_nobody_used_is_empty(carts: Carts) -> None:
    """No cart is unknown: one that was never filled is empty."""
    assert Cart(MINE, ()) == await carts.cart(MINE)


async def test_lines_stay_in_the_order_in_which_they_were_put_in(carts: Carts) -> None:
    """A new product comes last, and a changed quantity moves nothing."""
    await carts.put_line(MINE, TEA, 1)
    await carts.put_line(MINE, CUP, 2)

    expected = Cart(MINE, (CartLine(TEA, 5), CartLine(CUP, 2)))
    assert expected == await carts.put_line(MINE, TEA, 5)
    assert expected == await carts.cart(MINE)


async def test_repeated_commands_change_nothing_more(carts: Carts) -> None:
    """Every command sets a state, so it can be sent again."""
    puts = [await carts.put_line(MINE, TEA, 2) for _ in range(3)]
    removals = [await carts.remove_line(MINE, TEA) for _ in range(3)]

    assert [Cart(MINE, (CartLine(TEA, 2),))] * 3 == puts
    assert [Cart(MINE, ())] * 3 == removals


async def test_carts_do_not_touch_each_other(carts: Carts) -> None:
    """What happens to one cart is not seen in another."""
    await carts.put_line(MINE, TEA, 1)
    await carts.put_line(OTHERS, TEA, 9)
    await carts.empty(OTHERS)

    assert Cart(MINE, (CartLine(TEA, 1),)) == await carts.cart(MINE)
    assert Cart(OTHERS, ()) == await carts.cart(OTHERS)


async def test_a_full_cart_takes_no_new_product(carts: Carts) -> None:
    """At the bound a new product is refused, while those in the cart can still be changed."""
    for number in range(LINES_MAX):
        await carts.put_line(MINE, Sku(f"X-{number}"), 1)

    with pytest.raises(CartFull) as refusal:
        await carts.put_line(MINE, TEA, 1)
    assert LINES_MAX == refusal.value.lines_max
    changed = await carts.put_line(MINE, Sku("X-0"), 7)
    assert (LINES_MAX, 7) == (len(changed.lines), changed.lines[0].quantity)


async def test_simultaneous_commands_keep_the_bound(carts: Carts) -> None:
    """However many commands arrive at once, a cart never holds more than its bound."""
    skus = [Sku(f"X-{number}") for number in range(LINES_MAX + 10)]
    outcomes = await asyncio.gather(
        *(carts.put_line(MINE, sku, 1) for sku in skus), return_exceptions=True
    )

    assert 10 == sum(isinstance(outcome, CartFull) for outcome in outcomes)
    assert LINES_MAX == len((await carts.cart(MINE)).lines)


@pytest.mark.parametrize("quantity", [0, -1, 100])
async def test_a_quantity_out_of_bounds_is_refused_by_name(carts: Carts, quantity: int) -> None:
    """A quantity is from 1 to 99, and the refusal names the field."""
    with pytest.raises(InvalidRequest) as refusal:
        await carts.put_line(MINE, TEA, quantity)
    assert "quantity" == refusal.value.field


async def test_a_cart_survives_a_restart(database_url: str) -> None:
    """What was put in is there after the service has been stopped and started."""
    for quantity in (3, None):
        container = Container()
        container.settings.from_dict({"database_url": database_url})
        async with container.database():
            if quantity:
                await container.service().put_line(MINE, TEA, quantity)
            found = await container.service().cart(MINE)

    assert Cart(MINE, (CartLine(TEA, 3),)) == found
