"""Requests in work are bounded, stopped when nobody waits for them, and forgotten at their end."""

import asyncio
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from maestri import clock
from maestri.errors import Overloaded
from maestri.server.in_flight import SWEEP_S, InFlight
from maestri.testing import VirtualTimeLoop

REQUESTS_MAX = 3
LATE_S = 1e-6


class Request:
    """One request: its client, its work, and what became of it."""

    def __init__(self, in_flight: InFlight, deadline_s: float) -> None:
        self.deadline_s = deadline_s
        self.done = asyncio.Event()
        self.left = asyncio.Event()
        self.left_s = float("inf")
        self.ended = ""
        self.given_up = False
        self._in_flight = in_flight

    async def serve(self) -> None:
        """Do the work, as a handler does."""
        try:
            entry = self._in_flight.enter(self._receive, self.deadline_s)
        except Overloaded:
            self.ended = "overloaded"
            return
        entry.working = True
        try:
            await self.done.wait()
            self.ended = "done"
        except asyncio.CancelledError:
            self.ended = entry.cancel_reason or "cancelled"
            if not entry.cancel_reason:
                raise
        finally:
            self._in_flight.leave(entry)
        await clock.sleep(0)  # A response is sent; no cancellation is left over for it.

    async def _receive(self) -> Any:
        await self.left.wait()
        return {"type": "http.disconnect"}


class AnyOrder(RuleBasedStateMachine):
    """Requests arrive, end, are cancelled, lose their clients and grow late."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualTimeLoop()
        self.in_flight = InFlight(REQUESTS_MAX)
        self.requests: dict[Request, asyncio.Task[None]] = {}

    def working(self) -> list[Request]:
        """Return the requests whose tasks run."""
        return [request for request, task in self.requests.items() if not task.done()]

    def run_for(self, seconds: float) -> None:
        """Let the loop do all that is due within *seconds*."""
        self.loop.run_until_complete(clock.sleep(seconds))
        for _ in range(5):  # What is due at this very moment wakes other tasks.
            self.loop.run_until_complete(clock.sleep(0))

    @rule(time_s=st.sampled_from([0.0, SWEEP_S / 2, SWEEP_S, 4 * SWEEP_S, 1.0]))
    def arrive(self, time_s: float) -> None:
        """A request arrives."""
        request = Request(self.in_flight, self.loop.time() + time_s)
        self.requests[request] = self.loop.create_task(request.serve())

    @precondition(lambda self: self.working())
    @rule(
        data=st.data(),
        how=st.lists(st.sampled_from(["done", "left", "cancel"]), min_size=1, max_size=2),
    )
    def end(self, data: Any, how: list[str]) -> None:
        """Something happens to a request, or several things in one tick."""
        request = data.draw(st.sampled_from(self.working()))
        for one in how:
            if one == "done":
                request.done.set()
            elif one == "left":
                request.left.set()
                request.left_s = min(request.left_s, self.loop.time())
            else:
                request.given_up = True
                self.requests[request].cancel()

    @rule(seconds=st.sampled_from([0.0, SWEEP_S / 2, SWEEP_S, 4 * SWEEP_S, 1.0]))
    def pass_time(self, seconds: float) -> None:
        """The loop runs: what is late, or whose client left, is stopped."""
        self.run_for(seconds)
        now_s = self.loop.time()
        assert len(self.working()) == len(self.in_flight)
        for request in self.working():
            assert now_s <= request.deadline_s + LATE_S
            assert now_s <= request.left_s + 2 * SWEEP_S + LATE_S

    @invariant()
    def bounded(self) -> None:
        """No more are in work than allowed, and each that ended says why."""
        assert len(self.in_flight) <= REQUESTS_MAX
        for request, task in self.requests.items():
            if task.done() and not task.cancelled():
                assert request.ended in {"done", "late", "gone", "overloaded"}
                # What we cancelled is taken back, so that the task can still send a response.
                assert request.given_up or 0 == task.cancelling()

    def teardown(self) -> None:
        """After draining nothing is in work or watched."""
        self.loop.run_until_complete(self.in_flight.drain(0.0))
        self.run_for(SWEEP_S)
        left = (len(self.in_flight), len(asyncio.all_tasks(self.loop)))
        self.loop.close()
        assert (0, 0) == left


AnyOrder.TestCase.settings = settings(
    max_examples=100, stateful_step_count=30, deadline=None, database=None
)
TestAnyOrder = AnyOrder.TestCase
"""The rules above, in orders that hypothesis draws."""
