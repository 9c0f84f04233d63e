"""What happened is counted by few kinds, whatever its callers and callees send."""

import pytest

from maestri.context import OUTCOMES, CallKind, Recorder, counted_outcome
from maestri.errors import CallError, Rejected
from maestri.links import LostBeforeResponse


def record(recorder: Recorder, outcome: str = "ok", *, kind: str = "call") -> None:
    """Add a call of 1 µs."""
    recorder.add(("r", 1, 0, kind, "shelf.book", "library", 0, 1_000, outcome, "http"))


def kind_of(outcome: str) -> CallKind:
    """Return the kind of the calls that end so."""
    return CallKind("library", "shelf.book", "http", outcome)


def test_calls_are_counted_whose_spans_are_forgotten() -> None:
    """Once somebody has asked, a span is kept for a while, its count for good."""
    recorder = Recorder(spans_max=3)
    recorder.calls()
    for _ in range(10):
        record(recorder)
    record(recorder, "faulted")
    record(recorder, kind="plan")

    totals = {kind: (one.count, one.duration_ns) for kind, one in recorder.calls().items()}
    assert {kind_of("ok"): (10, 10_000), kind_of("faulted"): (1, 1_000)} == totals


def test_a_call_is_counted_once_however_often_somebody_asks() -> None:
    """Whoever reads the counters changes nothing."""
    recorder = Recorder()
    counts = []
    for _ in range(3):
        record(recorder)
        counts.append(recorder.calls()[kind_of("ok")].count)
        counts.append(recorder.calls()[kind_of("ok")].count)

    assert [1, 1, 2, 2, 3, 3] == counts


def test_there_are_as_many_counters_as_kinds_of_outcomes() -> None:
    """Business errors are one kind: an external service has any number of them."""
    recorder = Recorder()
    for number in range(1_000):
        record(recorder, Rejected.unknown(f"elsewhere.{number}", 409, "No.").code)

    assert {kind_of("rejected"): 1_000} == {
        kind: one.count for kind, one in recorder.calls().items()
    }


@pytest.mark.parametrize("error", [CallError, *CallError.__subclasses__(), LostBeforeResponse])
def test_every_error_of_calls_has_a_kind_of_outcome(error: type[CallError]) -> None:
    """What tells a caller whether the callee may have acted is told apart."""
    assert error.code == counted_outcome(error.code)
    assert {"ok", "cancelled", "rejected", "faulted", "connect_failed"} <= OUTCOMES
