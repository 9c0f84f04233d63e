"""What is written after a command begins when that is over, also when it was given up."""

import asyncio

import pytest

from maestri import clock
from maestri.composition import Composer
from maestri.contracts import LeftOut, Message
from maestri.links import GRACE_S
from maestri.plans import call, composition, left_out, named, optional
from tests.kernel.plans.contract import Cart, Carts, Sku
from tests.kernel.plans.market import FakeCarts, Told

TIMEOUT_S = 1.0


class Done(Message):
    first: Cart | None
    then: Cart
    left_out: LeftOut = ()


class SlowCarts(FakeCarts):
    """Orders take a minute, and when they are cancelled a moment to put things in order."""

    def __init__(self, cleanup_s: float) -> None:
        super().__init__(Told())
        self.cleanup_s = cleanup_s
        self.log: list[tuple[str, float]] = []

    async def order(self, cart_id: str) -> Cart:
        try:
            await clock.sleep(60.0)
        except asyncio.CancelledError:
            await clock.sleep(self.cleanup_s)
            self.log.append(("order ended", clock.now_s()))
            raise
        raise AssertionError("is given up before")

    async def put_line(self, cart_id: str, sku: Sku) -> Cart:
        self.log.append(("put_line", clock.now_s()))
        return Cart((sku,))


@composition
def a_command_after_it(cart_id: str) -> Done:
    """Two commands, the first of which may be missing."""
    first = optional(named("first", call(Carts.order, cart_id)), timeout_s=TIMEOUT_S)
    return Done(first, call(Carts.put_line, cart_id, Sku("a")), left_out())


@pytest.mark.parametrize("cleanup_s", [0.0, GRACE_S / 2])
async def test_a_command_waits_for_one_that_is_given_up(cleanup_s: float) -> None:
    """The second begins when the first, which was cancelled, has put itself in order."""
    carts, began_s = SlowCarts(cleanup_s), clock.now_s()
    done = await Composer({"carts": carts}).run(a_command_after_it, "c")

    assert Done(None, Cart((Sku("a"),)), ("first",)) == done
    assert ["order ended", "put_line"] == [what for what, _ in carts.log]
    assert TIMEOUT_S + cleanup_s == pytest.approx(clock.now_s() - began_s, abs=0.01)


async def test_a_command_waits_a_short_grace_for_one_that_goes_on() -> None:
    """What swallows its cancellation is an orphan, and holds nobody up for long."""
    carts, began_s = SlowCarts(30.0), clock.now_s()
    done = await Composer({"carts": carts}).run(a_command_after_it, "c")

    assert ("first",) == done.left_out
    ((what, at_s),) = carts.log
    assert "put_line" == what
    assert TIMEOUT_S + GRACE_S == pytest.approx(at_s - began_s)
