"""Calls are sent in order, so many at a time and so many at all."""

from typing import Any

from maestri import clock
from maestri.composition.calls_in_flight import CallsInFlight, Request
from maestri.composition.frame import Failure
from maestri.context import new_context
from maestri.errors import BoundExceeded, NoTimeLeft
from maestri.links import StarterPool, link_of
from tests.kernel.composition.effects import KeyedTold
from tests.kernel.plans.contract import Catalog
from tests.kernel.plans.market import FakeCatalog


class Sent:
    """Calls for brands, and what became of them."""

    def __init__(
        self, told: KeyedTold, in_flight_max: int = 64, calls_max: int | None = None
    ) -> None:
        self.calls = CallsInFlight(in_flight_max, calls_max, StarterPool(), new_context())
        self.ended: list[tuple[str, Any]] = []
        self._expected_waits = bytearray(1)
        self._link = link_of(FakeCatalog(told))

    def add(self, name: str, deadline_s: float | None = None) -> Request:
        """Let a call for a brand be sent."""
        request = Request(Catalog.operations["brand"], (name,), deadline_s, name, self._ended)
        request.link, request.context = self._link, new_context()
        request.expected_waits, request.step_index = self._expected_waits, 0
        self.calls.add(request)
        return request

    async def run(self) -> dict[str, Any]:
        """Go on until nothing is left to do, and return what became of each call."""
        while self.calls.busy:
            await self.calls.advance()
        return dict(self.ended)

    def _ended(self, name: str, answer: Any) -> None:
        found = type(answer.error) if isinstance(answer, Failure) else answer.name
        self.ended.append((name, found))


async def test_no_more_calls_are_sent_than_calls_max(told: KeyedTold) -> None:
    """The call after the last one that is allowed fails with BoundExceeded, and is not sent."""
    sent = Sent(told, calls_max=2)
    for name in "abc":
        sent.add(name)

    assert {"a": "Name a", "b": "Name b", "c": BoundExceeded} == await sent.run()
    assert (["brand:a", "brand:b"], 2) == (told.calls, sent.calls.sent)


async def test_a_call_alone_is_counted_too(told: KeyedTold) -> None:
    """The bound holds for calls one after the other as for those of one moment."""
    sent = Sent(told, calls_max=1)
    sent.add("a")
    await sent.run()
    sent.add("b")

    assert {"a": "Name a", "b": BoundExceeded} == await sent.run()


async def test_a_call_whose_time_is_over_is_not_sent(told: KeyedTold) -> None:
    """Who waits in the queue until nobody waits for it any more is refused."""
    told.delays = {"brand": 2.0}
    sent = Sent(told, in_flight_max=1)
    sent.add("a")
    sent.add("b", deadline_s=clock.now_s() + 1.0)

    assert {"a": "Name a", "b": NoTimeLeft} == await sent.run()
    assert ["brand:a"] == told.calls


async def test_an_abandoned_call_is_cancelled_and_never_answers(told: KeyedTold) -> None:
    """Nobody is told of what nobody waits for, whether it runs or is in the queue."""
    told.delays = {"brand": 2.0}
    sent = Sent(told, in_flight_max=1)
    running, queued = sent.add("a"), sent.add("b")
    sent.add("c")
    sent.calls.call_at(1.0, lambda: sent.calls.abandon(running))
    sent.calls.call_at(1.0, lambda: sent.calls.abandon(queued))

    assert {"c": "Name c"} == await sent.run()
    assert (["brand:a"], 3.0) == (told.cancelled, clock.now_s())


async def test_all_calls_of_one_moment_are_sent_before_any_answer_is_delivered(
    told: KeyedTold,
) -> None:
    """What one of them answers does not keep the others from being sent."""
    sent = Sent(told)
    seen: list[list[str]] = []
    first = sent.add("a")
    first.ended = lambda *_: seen.append(list(told.calls))
    sent.add("b")
    await sent.run()

    assert [["brand:a", "brand:b"]] == seen


async def test_stopping_cancels_and_waits_for_what_runs(told: KeyedTold) -> None:
    """After a stop nothing runs, nothing is queued, and nobody is told."""
    told.delays = {"brand:b": 60.0, "brand:c": 60.0}
    sent = Sent(told, in_flight_max=3)
    for name in "abcd":
        sent.add(name)
    await sent.calls.advance()
    await sent.calls.stop()

    assert (["brand:b", "brand:c"], False) == (sorted(told.cancelled[:2]), bool(sent.calls._queue))
