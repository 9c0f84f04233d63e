"""A bounded buffer of spans per process: cheap to fill, read after the fact."""

import logging
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable
from itertools import islice
from typing import NamedTuple

from maestri import clock
from maestri.context.ids import id_text
from maestri.context.outcomes import counted_outcome
from maestri.context.rate_limited_log import RateLimitedLog

log = logging.getLogger("maestri.recorder")

SPANS_MAX = 20_000
COUNTED_EVERY = 1_000


class Span(NamedTuple):
    """
    One call, one client's request, or one run of a plan.

    Attributes:
        request_id: The client's request that caused it.
        span_id: Its own id; 16 hex digits.
        parent_id: The span that caused it; empty at the edge.
        kind: ``call`` (seen by the caller), ``serve`` (a client's request) or ``plan``.
        name: Operation id, or the plan's name.
        component: Whose code made or served the call.
        start_ns: Time of day in nanoseconds.
        duration_ns: How long it took.
        outcome: ``ok``, an error's code, or ``cancelled``.
        detail: What a reader needs besides: the link of a call; of a plan how many calls it made,
            which it pruned, and which parts are left out.
    """

    request_id: str
    span_id: str
    parent_id: str
    kind: str
    name: str
    component: str
    start_ns: int
    duration_ns: int
    outcome: str
    detail: str = ""


SpanRecord = tuple[
    str, int, int, str, str, str, int, int, str, "str | Callable[[], str]"
]  # fmt: skip
"""
What there is of a Span while nobody reads it, in its order.

Ids are numbers, start and end are on the counter of ``clock.perf_ns``, and the detail may be a
function that makes it. Writing it all down for a reader would cost five times as much.
"""


class CallKind(NamedTuple):
    """
    What calls have in common that are counted together.

    Attributes:
        component: Whose code made them.
        operation: Id of what was called.
        link: The kind of link that carried them.
        outcome: One of OUTCOMES.
    """

    component: str
    operation: str
    link: str
    outcome: str


class CallTotal:
    """How many calls there were of one kind, and how long they took together."""

    __slots__ = ("count", "duration_ns")

    def __init__(self) -> None:
        self.count = 0
        self.duration_ns = 0


class Recorder:
    """
    Keep the last spans, and count what was served, called and left out.

    At most *spans_max* spans are kept (20,000); the oldest go first. Counters are never dropped:
    there are as many as operations, edges between them and parts of plans.

    Attributes:
        served: How often each operation was served, by id.
        orphans: How often work on an operation went on after it was cancelled.
        left_out: How often a part was missing, by component, plan and public name of the part.
        recorded: How many spans there were.
    """

    def __init__(self, spans_max: int = SPANS_MAX) -> None:
        self._records: deque[SpanRecord] = deque(maxlen=spans_max)
        self.served: Counter[str] = Counter()
        self.orphans: Counter[str] = Counter()
        self.left_out: Counter[tuple[str, str, str]] = Counter()
        self._log = RateLimitedLog(log)
        self.recorded = 0
        self._calls: dict[tuple[str, ...], CallTotal] = {}
        self._counted = 0
        self._count_every = min(COUNTED_EVERY, spans_max)
        self._count_at = sys.maxsize

    def add(self, record: SpanRecord) -> None:
        """
        Keep what there is of a span; about 0.1 µs. The Span is made when it is read.

        Once somebody has asked for ``calls``, they are counted a thousand at a time, before they
        are forgotten: about 0.2 µs each.
        """
        self._records.append(record)
        self.recorded += 1
        if self.recorded >= self._count_at:
            self._count_calls()

    def calls(self) -> dict[CallKind, CallTotal]:
        """
        Return how many calls were made, and how long they took, by kind.

        Counted are those that are still kept when somebody asks for the first time, and all later
        ones: where nobody asks, counting costs nothing.
        """
        self._count_calls()
        found: dict[CallKind, CallTotal] = {}
        for (component, name, link, outcome), total in self._calls.items():
            kind = CallKind(component, name, link, counted_outcome(outcome))
            one = found.setdefault(kind, CallTotal())
            one.count += total.count
            one.duration_ns += total.duration_ns
        return found

    def _count_calls(self) -> None:
        calls = self._calls
        for _, _, _, kind, name, component, began_ns, ended_ns, outcome, link in islice(
            reversed(self._records), self.recorded - self._counted
        ):
            if kind == "call" and isinstance(link, str):
                found = (component, name, link, outcome)
                total = calls.get(found)
                if total is None:
                    total = calls[found] = CallTotal()
                total.count += 1
                total.duration_ns += ended_ns - began_ns
        self._counted = self.recorded
        self._count_at = self.recorded + self._count_every

    def orphaned(self, operation: str, request_id: str) -> None:
        """Note that work on *operation* goes on although it was cancelled."""
        self.orphans[operation] += 1
        self._log.warning(
            operation,
            f"{operation} goes on although it was cancelled and nobody waits for it: let "
            f"CancelledError pass (request {request_id})",
        )

    def of_request(self, request_id: str) -> tuple[Span, ...]:
        """Return the spans of one request that are still kept, oldest first."""
        return _spans([record for record in self._records if record[0] == request_id])

    def since(self, recorded: int) -> tuple[Span, ...]:
        """Return the spans added after the count was *recorded*, as far as they are still kept."""
        missing = min(self.recorded - recorded, len(self._records))
        return _spans(islice(self._records, len(self._records) - missing, None))


def _spans(records: Iterable[SpanRecord]) -> tuple[Span, ...]:
    day_ns = clock.unix_ns() - clock.perf_ns()
    return tuple(
        Span(
            request_id, id_text(span_id), id_text(parent_id) if parent_id else "", kind, name,
            component, day_ns + began_ns, ended_ns - began_ns, outcome,
            detail if isinstance(detail, str) else detail(),
        )
        for request_id, span_id, parent_id, kind, name, component, began_ns, ended_ns, outcome,
            detail in records
    )  # fmt: skip
