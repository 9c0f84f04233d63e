"""A bounded buffer of spans per process: cheap to fill, read after the fact."""

import hashlib
import itertools
import os
from collections import Counter, deque
from collections.abc import Iterable
from typing import NamedTuple

SPANS_MAX = 20_000
ID_DIGITS = 16
TRACE_DIGITS = 32
HEX = frozenset("0123456789abcdef")


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


SpanFields = tuple[str, str, str, str, str, str, int, int, str, str]
"""The fields of a Span: making one costs four times as much."""


class Recorder:
    """
    Keep the last spans and count served operations.

    At most *spans_max* spans are kept (20,000); the oldest go first. Counters are never dropped:
    there are as many as operations. An *exporter* sees every span, outside the request.
    """

    def __init__(self, spans_max: int = SPANS_MAX) -> None:
        self._spans: deque[SpanFields] = deque(maxlen=spans_max)
        self.served: Counter[str] = Counter()
        self.recorded = 0

    def add(self, span: SpanFields) -> None:
        """Keep the fields of a Span, in its order; about 0.1 µs. It is made when it is read."""
        self._spans.append(span)
        self.recorded += 1

    def of_request(self, request_id: str) -> tuple[Span, ...]:
        """Return the spans of one request that are still kept, oldest first."""
        return tuple(Span(*span) for span in self._spans if span[0] == request_id)

    def since(self, recorded: int) -> Iterable[Span]:
        """Return the spans added after the count was *recorded*, as far as they are still kept."""
        missing = min(self.recorded - recorded, len(self._spans))
        kept = itertools.islice(self._spans, len(self._spans) - missing, None)
        return tuple(Span(*span) for span in kept)


_prefix = ""
_numbers = itertools.count(1)


def new_id() -> str:
    """
    Return a new id of 16 hex digits, unique over processes.

    The first half is drawn at random once per process, the second half counts: four times as fast
    as drawing each id, and a fork draws anew.
    """
    return f"{_prefix}{next(_numbers) & 0xFFFFFFFF:08x}"


def trace_id(request_id: str) -> str:
    """Return the 32 hex digits that stand for *request_id* in W3C Trace Context."""
    if len(request_id) == ID_DIGITS and HEX.issuperset(request_id):
        return request_id.rjust(TRACE_DIGITS, "0")
    return hashlib.blake2b(request_id.encode(), digest_size=TRACE_DIGITS // 2).hexdigest()


def span_number(span_id: str) -> int:
    """Return the 64 bits that stand for *span_id* in W3C Trace Context and OpenTelemetry."""
    if len(span_id) == ID_DIGITS and HEX.issuperset(span_id):
        return int(span_id, 16)
    digest = hashlib.blake2b(span_id.encode(), digest_size=ID_DIGITS // 2).digest()
    return int.from_bytes(digest)


def _draw_prefix() -> None:
    # Ids name records, they guard nothing; the one piece of module state that a fork must renew.
    global _prefix  # noqa: PLW0603
    _prefix = os.urandom(4).hex()


_draw_prefix()
os.register_at_fork(after_in_child=_draw_prefix)
