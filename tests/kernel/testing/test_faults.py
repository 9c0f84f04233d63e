# mypy: disable-error-code="empty-body"
from collections.abc import Coroutine

import pytest

from maestri import clock
from maestri.context import new_context, use_context
from maestri.contracts import Contract, get, put
from maestri.errors import (
    ConnectFailed,
    ConnectionLost,
    ContractError,
    DeadlineExceeded,
    Faulted,
    Rejected,
)
from maestri.testing import Faults, calls_of, fake
from maestri.testing.virtual_time import run_in_virtual_time


class Jammed(Rejected, id="clock.jammed"):
    """The hands do not move."""


class Clock(Contract, id="clock"):
    """A clock on a wall."""

    @get("/hour")
    async def hour(self) -> int:
        """Return the hour."""
        ...

    @put("/hour")
    async def set_hour(self, hour: int) -> None:
        """Move the hands."""
        ...


@pytest.fixture
def faults() -> Faults:
    """Return no faults yet."""
    return Faults()


@pytest.fixture
def real() -> Clock:
    """Return what is behind the faults."""
    return fake(Clock, hour=11, set_hour=None)


@pytest.fixture
def wall(faults: Faults, real: Clock) -> Clock:
    """Return what the caller sees."""
    return faults.inject_into(Clock, real)


async def test_calls_pass_without_a_fault(wall: Clock) -> None:
    """A link without faults is the link itself."""
    assert 11 == await wall.hour()


async def test_a_fault_is_on_one_operation(wall: Clock, faults: Faults) -> None:
    """Other operations of the same callee pass."""
    faults.fail(Clock.set_hour, ConnectFailed("nobody there"))

    assert 11 == await wall.hour()
    with pytest.raises(ConnectFailed):
        await wall.set_hour(3)


async def test_a_failed_call_is_not_carried(wall: Clock, real: Clock, faults: Faults) -> None:
    """The callee never sees a call that fails; the error names the operation."""
    faults.fail(Clock.hour, ConnectFailed("nobody there"))

    with pytest.raises(ConnectFailed, match=r"clock\.hour: nobody there"):
        await wall.hour()

    assert () == calls_of(real)


def test_an_undeclared_error_is_no_fault(faults: Faults) -> None:
    """A business error can only come from an operation that declares it."""
    with pytest.raises(ContractError, match="does not declare Jammed"):
        faults.fail(Clock.hour, Jammed())


def test_a_late_call_is_carried_after_its_time(wall: Clock, faults: Faults) -> None:
    """A late result is a good one, as long as the deadline allows."""
    faults.delay(Clock.hour, 0.3)

    assert (11, 0.3) == run_in_virtual_time(_timed(wall.hour(), deadline_s=1.0))


def test_a_call_that_is_too_late_exceeds_the_deadline(wall: Clock, faults: Faults) -> None:
    """A caller waits for a late result until its deadline and no longer."""
    faults.delay(Clock.hour, 3.0)

    assert ("deadline_exceeded", 1.0) == run_in_virtual_time(_timed(wall.hour(), deadline_s=1.0))


async def _timed(call: Coroutine[None, None, int], *, deadline_s: float) -> tuple[object, float]:
    with use_context(new_context(deadline_s=deadline_s)):
        try:
            response: object = await call
        except DeadlineExceeded as late:
            response = late.code
    return response, clock.now_s()


@pytest.mark.parametrize("acted", [True, False])
async def test_a_dropped_call_may_have_acted(
    *, acted: bool, wall: Clock, real: Clock, faults: Faults
) -> None:
    """The caller cannot tell whether a call was lost before or after the callee acted."""
    faults.drop(Clock.set_hour, acted=acted)

    with pytest.raises(ConnectionLost):
        await wall.set_hour(3)

    assert acted == bool(calls_of(real))


@pytest.mark.parametrize("body", [b'{"gar', b"[" * 1000, b'"eleven"', b""])
async def test_a_corrupt_result_is_a_fault_of_the_callee(
    wall: Clock, faults: Faults, body: bytes
) -> None:
    """Bytes that do not fit the contract arrive as Faulted, whatever they are."""
    faults.corrupt(Clock.hour, body)

    with pytest.raises(Faulted):
        await wall.hour()


def test_a_good_result_is_not_corrupt(faults: Faults) -> None:
    """A test that means to send garbage and does not is told so."""
    with pytest.raises(ContractError, match="would be a good result"):
        faults.corrupt(Clock.hour, b"12")


async def test_faults_end(wall: Clock, faults: Faults) -> None:
    """After a fault has ended calls pass again; one of them, or all."""
    faults.fail(Clock.hour, ConnectFailed())
    faults.fail(Clock.set_hour, ConnectFailed())
    faults.clear(Clock.hour)

    assert 11 == await wall.hour()
    with pytest.raises(ConnectFailed):
        await wall.set_hour(3)
    faults.clear()
    await wall.set_hour(3)


async def test_the_last_fault_of_an_operation_counts(wall: Clock, faults: Faults) -> None:
    """An operation has one fault at a time."""
    faults.fail(Clock.hour, ConnectFailed())
    faults.drop(Clock.hour, acted=False)

    with pytest.raises(ConnectionLost):
        await wall.hour()


def test_only_operations_have_faults(faults: Faults) -> None:
    """A plain function is refused, and the message says what to write."""
    with pytest.raises(ContractError, match=r"write Catalog\.product"):
        faults.delay(clock.sleep, 1.0)
