"""A bounded buffer of spans per process: cheap to fill, read after the fact."""

import logging
from collections import Counter, deque
from collections.abc import Callable, Iterable
from itertools import islice
from typing import NamedTuple

from maestri import clock
from maestri.context.ids import id_text
from maestri.context.rate_limited_log import RateLimitedLog

log = logging.getLogger("maestri.recorder")

SPANS_MAX = 20_000


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


class Recorder:
    """
    Keep the last spans and count served operations.

    At most *spans_max* spans are kept (20,000); the oldest go first. Counters are never dropped:
    there are as many as operations.

    Attributes:
        served: How often each operation was served, by id.
        orphans: How often work on an operation went on after it was cancelled.
        recorded: How many spans there were.
    """

    def __init__(self, spans_max: int = SPANS_MAX) -> None:
        self._records: deque[SpanRecord] = deque(maxlen=spans_max)
        self.served: Counter[str] = Counter()
        self.orphans: Counter[str] = Counter()
        self._log = RateLimitedLog(log)
        self.recorded = 0

    def add(self, record: SpanRecord) -> None:
        """Keep what there is of a span; about 0.1 µs. The Span is made when it is read."""
        self._records.append(record)
        self.recorded += 1

    def orphaned(self, operation: str, request_id: str) -> None:
        """Note that work on *operation* goes on although it was cancelled."""
        self.orphans[operation] += 1
        self._log.warning(
            operation,
            f"{operation} goes on although it was cancelled; nobody waits for it (request "
            f"{request_id}). Let CancelledError pass",
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
