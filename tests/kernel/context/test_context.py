"""The context of a call is there without being passed, and ends with the call."""

import asyncio
import contextvars
import re
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from maestri import clock
from maestri.context import (
    Context,
    Recorder,
    SpanRecord,
    current,
    id_text,
    new_context,
    new_id,
    new_span_id,
    run_named,
    span_number,
    trace_id,
    use_context,
)
from maestri.contracts import Contract, get, put
from maestri.errors import CallError, Faulted, NotExecuted, OutcomeUnknown
from maestri.links import Invoker, LocalLink, stub


async def test_outside_any_call_there_is_a_new_context() -> None:
    """Code that nobody called has 10 s, no identity and an id of its own."""
    first, second = current(), current()

    assert 9.9 < first.remaining_s() <= 10
    assert None is first.identity
    assert first.request_id != second.request_id


async def test_a_context_ends_with_its_body() -> None:
    """What was entered is current inside, and what was current before is so again."""
    outer, inner = new_context(identity="outer"), new_context(identity="inner")
    with use_context(outer):
        with use_context(inner):
            assert inner is current()
        assert outer is current()


async def test_a_context_is_left_by_an_error() -> None:
    """An error does not leave its context behind."""
    outer = new_context()
    with use_context(outer):
        with pytest.raises(ZeroDivisionError), use_context(new_context()):
            raise ZeroDivisionError
        assert outer is current()


async def test_tasks_inherit_and_do_not_share() -> None:
    """A task starts with the context of who made it, and changes only its own."""
    outer = new_context()

    async def work() -> bool:
        inherited = current() is outer
        with use_context(new_context()):
            await clock.sleep(0)
        return inherited

    with use_context(outer):
        assert [True, True] == list(await asyncio.gather(work(), work()))
        assert outer is current()


async def test_a_context_cannot_be_changed() -> None:
    """A deadline that callees could move would not be one."""
    context = new_context()

    with pytest.raises(AttributeError):
        context.deadline_s = 0.0  # type: ignore[misc]  # that is the point
    assert 5 > msgspec.structs.replace(context, deadline_s=clock.now_s() + 5).remaining_s() > 4.9


class Switch(Contract, id="switch"):
    """What commands are sent to."""

    @put("/on")
    async def turn_on(self) -> None:
        """Turn it on."""
        ...


class Room(Contract, id="room"):
    """What sends them, and says that it does or does not."""

    @get("/look")
    async def look(self) -> None:
        """Only read."""
        ...

    @put("/enter")
    async def enter(self) -> None:
        """Send commands."""
        ...


class Sent(Switch):
    """A switch that keeps the idempotency keys of what it was sent."""

    def __init__(self) -> None:
        self.keys: list[str | None] = []

    async def turn_on(self) -> None:
        """Turn it on."""
        self.keys.append(current().key)


class Written(Room):
    """A room that does one thing for all it is asked."""

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work = work

    async def look(self) -> None:
        """Do it."""
        await self._work()

    async def enter(self) -> None:
        """Do it."""
        await self._work()


async def served(work: Callable[[], Awaitable[None]], name: str) -> None:
    """Let the operation *name* do *work*, asked by a client with a key."""
    room = stub(Room, LocalLink(Invoker(Written(work))))
    with use_context(Context(clock.now_s() + 10, "request", key="client")):
        await getattr(room, name)()


async def test_a_new_context_is_none_in_which_a_read_could_send_a_command() -> None:
    """Links repeat what only reads, so nothing within it has effects, whatever its deadline."""
    switch = Sent()

    async def work() -> None:
        with use_context(new_context(deadline_s=clock.now_s() + 60)):
            await stub(Switch, LocalLink(Invoker(switch))).turn_on()

    with pytest.raises(Faulted):
        await served(work, "look")
    assert [] == switch.keys


async def test_a_command_in_a_new_context_has_the_key_that_it_has_when_it_is_sent_again() -> None:
    """So what was sent twice acts once; two that nothing tells apart are refused."""
    switch = Sent()
    names = ["a", "b"]

    async def work() -> None:
        for name in names:
            with run_named(name), use_context(new_context(identity="someone")):
                await stub(Switch, LocalLink(Invoker(switch))).turn_on()

    for _ in range(2):
        await served(work, "enter")
    first, second, *again = switch.keys
    assert [first, second] == again
    assert None is not first != second

    names[:] = ["a", "a"]
    with pytest.raises(Faulted):
        await served(work, "enter")


async def test_a_command_in_a_new_context_may_have_acted() -> None:
    """Whoever is told that nothing was executed would send it again."""

    async def work() -> None:
        with use_context(new_context()):
            await stub(Switch, LocalLink(Invoker(Sent()))).turn_on()
        raise NotExecuted("what came next was not")

    with pytest.raises(CallError) as caught:
        await served(work, "enter")
    assert OutcomeUnknown is type(caught.value)


async def test_what_outlives_an_operation_begins_in_an_empty_context() -> None:
    """Nothing of the operation is in it, so it may do what it wants."""
    switch = Sent()

    async def later() -> None:
        with use_context(new_context()):
            await stub(Switch, LocalLink(Invoker(switch))).turn_on()

    async def work() -> None:
        await asyncio.create_task(later(), context=contextvars.Context())

    await served(work, "look")

    assert [None] == switch.keys


def span(request: str, number: int) -> SpanRecord:
    """Return the record of a span without content."""
    return (request, number, 0, "call", "x", "y", 0, 0, "ok", "")


def test_the_recorder_forgets_the_oldest() -> None:
    """Only so many spans are kept; counts are of all."""
    recorder = Recorder(spans_max=2)
    for number in range(3):
        recorder.add(span("r", number))

    assert [id_text(1), id_text(2)] == [one.span_id for one in recorder.of_request("r")]
    assert 3 == recorder.recorded


@pytest.mark.parametrize(("mark", "expected"), [(0, [1, 2]), (2, [2]), (3, [])])
def test_the_recorder_tells_what_is_new(mark: int, expected: list[int]) -> None:
    """A reader that remembers the count sees each span once, as far as it is still kept."""
    recorder = Recorder(spans_max=2)
    for number in range(3):
        recorder.add(span("r", number))

    assert [id_text(number) for number in expected] == [one.span_id for one in recorder.since(mark)]


def test_spans_are_found_by_request() -> None:
    """The spans of one request are found among those of others."""
    recorder = Recorder()
    recorder.add(span("a", 1))
    recorder.add(span("b", 2))

    assert [id_text(2)] == [one.span_id for one in recorder.of_request("b")]


def test_ids_are_unique_and_16_hex_digits() -> None:
    """An id can be a span id of OpenTelemetry."""
    ids = [new_id() for _ in range(1_000)]

    assert 1_000 == len(set(ids))
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in ids)


def test_the_id_of_a_span_is_never_zero() -> None:
    """Zero is no id, for W3C Trace Context, for OpenTelemetry and for us."""
    numbers = [new_span_id() for _ in range(1_000)]

    assert 1_000 == len(set(numbers))
    assert all(0 < number < 2**64 for number in numbers)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("00000000000000ff", 255),
        ("", 0),
        ("ff", 0),
        ("00000000000000FF", 0),
        ("+000000000000001", 0),
    ],
)
def test_what_is_no_id_of_a_span_is_none(text: str, number: int) -> None:
    """An id that another process sent is its 16 hex digits, or it is none."""
    assert number == span_number(text)


def test_a_span_is_told_in_the_time_of_day() -> None:
    """A span is recorded on a counter, and read as it was: when it began, and for how long."""
    recorder, began_ns, day_ns = Recorder(), clock.perf_ns(), clock.unix_ns()
    recorder.add(("r", 1, 0, "plan", "x", "y", began_ns, began_ns + 7, "ok", lambda: "2 calls"))

    (told,) = recorder.of_request("r")

    assert (7, "2 calls", "") == (told.duration_ns, told.detail, told.parent_id)
    assert abs(told.start_ns - day_ns) < 1_000_000_000


@pytest.mark.parametrize("request_id", ["00000000000000ff", "not hex", "ABCDEFABCDEFABCD", ""])
def test_any_request_has_a_trace_id(request_id: str) -> None:
    """An id of another form is hashed, and one of ours is padded."""
    trace = trace_id(request_id)

    assert re.fullmatch("[0-9a-f]{32}", trace)
    assert trace.endswith(request_id) is (request_id in {"00000000000000ff", ""})
