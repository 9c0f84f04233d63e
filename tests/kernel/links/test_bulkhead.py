"""A bulkhead loses no place and no waiter, whatever happens in one tick of the loop."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from maestri import clock
from maestri.errors import NotExecuted, NoTimeLeft, Overloaded
from maestri.links.bulkhead import Bulkhead
from maestri.testing import VirtualTimeLoop, run_in_virtual_time

CALLS_MAX, WAITING_MAX, WAIT_S_MAX = 1, 2, 5.0
FAR_S = 1e6


class AnyOrder(RuleBasedStateMachine):
    """Calls arrive, leave, are cancelled and grow late; the loop runs when the machine lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualTimeLoop()
        self.bulkhead = Bulkhead(CALLS_MAX, WAITING_MAX, WAIT_S_MAX)
        self.arrived: list[asyncio.Task[None]] = []
        self.left: set[asyncio.Task[None]] = set()
        self.cancelled: set[asyncio.Task[None]] = set()

    def admitted(self) -> list[asyncio.Task[None]]:
        """Return the calls that hold a place."""
        return [
            task
            for task in self.arrived
            if task.done() and not task.cancelled() and task.exception() is None
            and task not in self.left
        ]  # fmt: skip

    def waiting(self) -> list[asyncio.Task[None]]:
        """Return the calls that are neither admitted nor refused."""
        return [task for task in self.arrived if not task.done()]

    def run_for(self, seconds: float) -> None:
        """Let the loop do all that is due within *seconds*."""
        self.loop.run_until_complete(clock.sleep(seconds))
        for _ in range(5):  # What is due at this very moment wakes other tasks.
            self.loop.run_until_complete(clock.sleep(0))

    @rule(time_s=st.sampled_from([1.0, WAIT_S_MAX, FAR_S]))
    def arrive(self, time_s: float) -> None:
        """One more call wants in."""
        deadline_s = self.loop.time() + time_s
        self.arrived.append(self.loop.create_task(self.bulkhead.acquire(deadline_s)))

    @precondition(lambda self: self.admitted())
    @rule(data=st.data())
    def leave(self, data: Any) -> None:
        """An admitted call ends."""
        self.left.add(data.draw(st.sampled_from(self.admitted())))
        self.bulkhead.release()

    @precondition(lambda self: self.waiting())
    @rule(data=st.data(), leaving=st.booleans())
    def cancel(self, data: Any, *, leaving: bool) -> None:
        """A call that waits is given up by its caller, maybe while another one ends."""
        task = data.draw(st.sampled_from(self.waiting()))
        self.cancelled.add(task)
        task.cancel()
        if leaving and self.admitted():
            self.leave(data)

    @rule(seconds=st.sampled_from([0.0, 0.0, 1.0, WAIT_S_MAX]))
    def pass_time(self, seconds: float) -> None:
        """The loop runs."""
        self.run_for(seconds)
        assert len(self.admitted()) == CALLS_MAX or not self.waiting()

    @invariant()
    def at_most_so_many(self) -> None:
        """No more are admitted than allowed, and whoever is not admitted knows why."""
        assert len(self.admitted()) <= CALLS_MAX
        for task in self.arrived:
            if task.cancelled():
                assert task in self.cancelled
            elif task.done() and task.exception() is not None:
                assert isinstance(task.exception(), NotExecuted)

    def teardown(self) -> None:
        """When all have left, all places are free and nobody waits."""
        self.run_for(FAR_S)
        while held := self.admitted():
            self.left.update(held)
            for _ in held:
                self.bulkhead.release()
            self.run_for(FAR_S)
        assert not self.waiting()
        self.arrived.clear()
        for _ in range(CALLS_MAX):
            self.arrive(FAR_S)
        self.run_for(0)
        admitted = len(self.admitted())
        self.loop.close()
        assert admitted == CALLS_MAX


AnyOrder.TestCase.settings = settings(
    max_examples=100, stateful_step_count=30, deadline=None, database=None
)
TestAnyOrder = AnyOrder.TestCase
"""The rule above, in orders that hypothesis draws."""


def test_a_cancelled_waiter_takes_no_place_with_it() -> None:
    """A waiter is cancelled in the tick in which a place becomes free: the place stays."""

    async def cancelled() -> bool:
        bulkhead = Bulkhead(1, 10, 1.0)
        await bulkhead.acquire(FAR_S)
        waiter = asyncio.create_task(bulkhead.acquire(FAR_S))
        await clock.sleep(0)
        waiter.cancel()
        bulkhead.release()
        await asyncio.wait([waiter])
        await bulkhead.acquire(FAR_S)
        return waiter.cancelled()

    assert run_in_virtual_time(cancelled())


def test_who_has_given_up_keeps_nobody_out() -> None:
    """A waiter that is cancelled makes room for another in the same tick."""

    async def replaced() -> bool:
        bulkhead = Bulkhead(1, 1, 10.0)
        await bulkhead.acquire(FAR_S)
        given_up = asyncio.create_task(bulkhead.acquire(FAR_S))
        await clock.sleep(0)
        given_up.cancel()
        asyncio.get_running_loop().call_later(1.0, bulkhead.release)
        await bulkhead.acquire(FAR_S)
        return given_up.cancelled()

    assert run_in_virtual_time(replaced())


@contextmanager
def refused_with(kind: type[NotExecuted]) -> Generator[None]:
    """Expect exactly *kind*."""
    with pytest.raises(NotExecuted) as caught:
        yield
    assert kind is type(caught.value)


@pytest.mark.parametrize(
    ("deadline_s", "kind"), [(0.5, NoTimeLeft), (1.0, NoTimeLeft), (2.0, Overloaded)]
)
def test_who_waited_in_vain_knows_for_what(deadline_s: float, kind: type[NotExecuted]) -> None:
    """The caller's own deadline is NoTimeLeft, the bulkhead's bound is Overloaded."""

    async def late() -> float:
        bulkhead = Bulkhead(1, 1, 1.0)
        await bulkhead.acquire(FAR_S)
        with refused_with(kind):
            await bulkhead.acquire(deadline_s)
        return clock.now_s()

    assert min(deadline_s, 1.0) == run_in_virtual_time(late())


def test_a_bulkhead_tells_how_full_it_is() -> None:
    """Calls with a place, calls that wait for one, and those that got none, are counted."""

    async def counted() -> list[tuple[int, int, int]]:
        bulkhead = Bulkhead(1, 1, 1.0)

        def counts() -> tuple[int, int, int]:
            return bulkhead.in_use, bulkhead.waiting, bulkhead.refused

        found = [counts()]
        await bulkhead.acquire(FAR_S)
        waiting = asyncio.create_task(bulkhead.acquire(FAR_S))
        await clock.sleep(0)
        found.append(counts())
        with refused_with(Overloaded):
            await bulkhead.acquire(FAR_S)
        found.append(counts())
        with refused_with(Overloaded):
            await waiting
        bulkhead.release()
        return [*found, counts()]

    assert [(0, 0, 0), (1, 1, 0), (1, 1, 1), (0, 0, 2)] == run_in_virtual_time(counted())
