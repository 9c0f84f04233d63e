"""A run says that nothing was done only if no command of it can have acted."""

from typing import Any

import pytest

from maestri import clock
from maestri.composition import Composer
from maestri.contracts import LeftOut
from maestri.errors import (
    CallError,
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    Faulted,
    NotExecuted,
    OutcomeUnknown,
    Overloaded,
)
from maestri.plans import (
    Plan,
    call,
    composition,
    each,
    left_out,
    optional,
    otherwise,
    rescue,
    then,
    when,
)
from tests.kernel.composition.effects import KeyedTold
from tests.kernel.plans.contract import Brand, Cart, CartFull, Carts, Catalog, Sku

A, B = Sku("a"), Sku("b")


@composition
def read_then_put(sku: Sku) -> tuple[Brand, Cart]:
    """A read before a command."""
    return call(Catalog.brand, sku), call(Carts.put_line, "c", sku)


@composition
def put_then_read(sku: Sku) -> tuple[Cart, Brand]:
    """A read after a command."""
    return call(Carts.put_line, "c", sku), call(Catalog.brand, sku)


@composition
def maybe_put_then_read(sku: Sku) -> tuple[Cart | None, Brand, LeftOut]:
    """A command as a part, and a read after it."""
    put = optional(call(Carts.put_line, "c", sku), timeout_s=2.0)
    return put, call(Catalog.brand, sku), left_out()


@composition
def rescued_put_then_read(sku: Sku) -> tuple[Cart | None, Brand]:
    """A command that is rescued from all that may happen, and a read after it."""
    put = rescue(call(Carts.put_line, "c", sku), {CallError: lambda: None})
    return put, call(Catalog.brand, sku)


@composition
def in_a_body(sku: Sku) -> tuple[Any, Brand]:
    """A command deep in bodies, and a read after it."""
    put = then(sku, lambda one: when(one != B, lambda: call(Carts.put_line, "c", one)))
    return put, call(Catalog.brand, sku)


@composition
def in_a_fallback(sku: Sku) -> tuple[Cart, Brand]:
    """A command in a fallback, and a read after it."""
    none = when(sku == B, lambda: call(Carts.cart, "c"))
    return otherwise(none, lambda: call(Carts.put_line, "c", sku)), call(Catalog.brand, sku)


NOT_EXECUTED = [ConnectFailed("down"), Overloaded("busy")]
IN_DOUBT = [Faulted("broke"), ConnectionLost("lost"), CartFull(lines_max=1)]


@pytest.mark.parametrize("error", NOT_EXECUTED, ids=lambda error: error.code)
async def test_before_any_command_nothing_was_done(
    composer: Composer, told: KeyedTold, error: CallError
) -> None:
    """A read that was not executed, before the first command, leaves the run as it is."""
    told.failures = {"brand": error}

    with pytest.raises(type(error)):
        await composer.run(read_then_put, A)

    assert ["brand:a"] == told.calls


@pytest.mark.parametrize(
    "plan",
    [put_then_read, maybe_put_then_read, rescued_put_then_read, in_a_body, in_a_fallback],
    ids=lambda plan: plan.name,
)
async def test_after_a_command_that_acted_it_is_in_doubt(
    composer: Composer, told: KeyedTold, plan: Plan[[Sku], Any]
) -> None:
    """A read that was not executed, after a command, is no "nothing was done" of the run."""
    told.failures = {"brand": ConnectFailed("down")}

    with pytest.raises(OutcomeUnknown) as raised:
        await composer.run(plan, A)

    assert ConnectFailed is type(raised.value.__cause__)


async def test_a_command_in_a_body_that_was_not_run_has_not_acted(
    composer: Composer, told: KeyedTold
) -> None:
    """What a condition has kept from being sent leaves no doubt."""
    told.failures = {"brand": ConnectFailed("down")}
    for plan in (in_a_body, in_a_fallback):
        with pytest.raises(NotExecuted):
            await composer.run(plan, B)


@pytest.mark.parametrize("plan", [maybe_put_then_read, rescued_put_then_read])
@pytest.mark.parametrize("error", NOT_EXECUTED, ids=lambda error: error.code)
async def test_a_command_that_was_not_executed_has_not_acted(
    composer: Composer, told: KeyedTold, plan: Plan[[Sku], Any], error: CallError
) -> None:
    """A handled command of which nothing was done leaves what follows certain."""
    told.failures = {"put_line": error, "brand": ConnectFailed("down")}

    with pytest.raises(ConnectFailed):
        await composer.run(plan, A)


@pytest.mark.parametrize("error", IN_DOUBT, ids=lambda error: error.code)
async def test_a_command_that_failed_otherwise_may_have_acted(
    composer: Composer, told: KeyedTold, error: CallError
) -> None:
    """A handled command that broke, got lost, or was answered leaves what follows in doubt."""
    told.failures = {"put_line": error, "brand": ConnectFailed("down")}

    with pytest.raises(OutcomeUnknown):
        await composer.run(rescued_put_then_read, A)


async def test_a_command_that_was_late_may_have_acted(composer: Composer, told: KeyedTold) -> None:
    """What was cancelled in flight is in doubt."""
    told.delays = {"put_line": 60.0}
    told.failures = {"brand": ConnectFailed("down")}

    with pytest.raises(OutcomeUnknown):
        await composer.run(maybe_put_then_read, A)

    assert (["put_line:a"], 2.0) == (told.cancelled, clock.now_s())


async def test_a_command_that_was_still_to_be_sent_has_not_acted(
    composer: Composer, told: KeyedTold
) -> None:
    """What waited for room when the run failed was never sent."""

    @composition(in_flight_max=1)
    def filled(skus: tuple[Sku, ...]) -> tuple[Cart, ...]:
        return each(skus, lambda sku: call(Carts.put_line, "c", sku), key=lambda sku: sku)

    told.delays = {"put_line": 1.0}
    told.failures = {"put_line:a": ConnectFailed("down")}

    with pytest.raises(NotExecuted):
        await composer.run(filled, (A, B))

    assert ["put_line:a"] == told.calls


@pytest.mark.parametrize("error", [Faulted("broke"), DeadlineExceeded("late")])
async def test_other_errors_stay_what_they_are(
    composer: Composer, told: KeyedTold, error: CallError
) -> None:
    """Only "nothing was done" is withdrawn after a command."""
    told.failures = {"brand": error}

    with pytest.raises(type(error)) as raised:
        await composer.run(put_then_read, A)

    assert error is raised.value


async def test_a_refusal_after_a_command_is_still_a_refusal(
    composer: Composer, told: KeyedTold
) -> None:
    """A business error is an answer, whatever was sent before."""

    @composition
    def twice(sku: Sku) -> Cart:
        call(Carts.order, "c")
        return call(Carts.put_line, "c", sku)

    told.failures = {"put_line": CartFull(lines_max=1)}

    with pytest.raises(CartFull):
        await composer.run(twice, A)
