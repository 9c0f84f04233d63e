"""Requests are counted by outcome and duration, at next to no cost."""

import pytest

from maestri.server import BOUNDS_S, Durations
from maestri.server.request_counts import RequestCounts
from tests.kernel.cost import steps_per_byte


@pytest.mark.parametrize(
    ("duration_s", "place"),
    [
        (0.0, 0),
        (BOUNDS_S[0], 0),
        (0.0011, 1),
        (BOUNDS_S[-1], len(BOUNDS_S) - 1),
        (1e6, len(BOUNDS_S)),
    ],
)
def test_a_duration_lies_within_the_next_bound(duration_s: float, place: int) -> None:
    """A bound belongs to what is below it; what is longer than all of them is counted, too."""
    durations = Durations()
    durations.add(duration_s)

    assert [int(number == place) for number in range(len(BOUNDS_S) + 1)] == durations.counts
    assert duration_s == durations.sum_s


def test_requests_are_counted_by_few_outcomes() -> None:
    """Whatever errors there are, counters are as many as kinds of them."""
    counts = RequestCounts()
    for outcome in ("ok", "ok", "shop.not_for_sale", "elsewhere.whatever", "faulted"):
        counts.add(outcome, 2_000_000)

    assert {"ok": 2, "rejected": 2, "faulted": 1} == counts.outcomes
    assert 5 == counts.durations.counts[BOUNDS_S.index(0.0025)]


def test_counting_costs_less_than_a_microsecond() -> None:
    """A request is counted in the time of fifty steps of an empty loop, 20 ns each."""
    counts = RequestCounts()

    def count(sent: bytes) -> None:
        for _ in sent:
            counts.add("ok", 3_000_000)

    assert steps_per_byte(count, bytes(20_000), enough=20) <= 50
