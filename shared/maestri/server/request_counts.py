"""What was requested of a server: how often, with which outcome, and how long it took."""

from bisect import bisect_left
from collections import Counter

from maestri.context import counted_outcome

BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""What takes longer than the last one has a count of its own."""


class Durations:
    """
    A histogram of durations with fixed bounds; adding one costs about 0.3 µs.

    Attributes:
        counts: How many lay within each of BOUNDS_S and above the one before; the last within none.
        sum_s: How long all of them took together.
    """

    __slots__ = ("counts", "sum_s")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS_S) + 1)
        self.sum_s = 0.0

    def add(self, duration_s: float) -> None:
        """Count one."""
        self.counts[bisect_left(BOUNDS_S, duration_s)] += 1
        self.sum_s += duration_s


class RequestCounts:
    """
    The requests of one operation over HTTP.

    Attributes:
        outcomes: How many had each of OUTCOMES.
        durations: How long they took, from the head of the request to the end of the response.
    """

    __slots__ = ("durations", "outcomes")

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.durations = Durations()

    def add(self, outcome: str, duration_ns: int) -> None:
        """Count one."""
        self.outcomes[counted_outcome(outcome)] += 1
        self.durations.add(duration_ns / 1e9)
