"""The context of a call is there without being passed, and ends with the call."""

import asyncio

import msgspec
import pytest

from maestri import clock
from maestri.context import (
    Recorder,
    SpanRecord,
    current,
    id_text,
    new_context,
    new_id,
    new_span_id,
    span_number,
    trace_id,
    use_context,
)


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
    assert all(16 == len(one) and int(one, 16) >= 0 for one in ids)


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

    assert 32 == len(trace)
    assert int(trace, 16) >= 0
    assert trace.endswith(request_id) is (request_id in {"00000000000000ff", ""})
