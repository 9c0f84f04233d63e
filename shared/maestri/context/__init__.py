"""
Deadline, identity and trace travel with every call, without being passed by hand.

Problem: a deadline that is not handed down is not a deadline, and a trace that each function must
carry in its signature is forgotten in one of them. Pattern: Request Context (Correlation
Identifier, Hohpe and Woolf; deadline propagation, gRPC). The context is set once at the edge,
shrinks downwards, and over the wire carries the *remaining* time. Smallest example::

    import asyncio

    from maestri import clock
    from maestri.context import current, new_context, use_context

    async def work() -> float:
        with use_context(new_context(deadline_s=clock.now_s() + 0.5)):
            return current().remaining_s()

    assert 0.4 < asyncio.run(work()) <= 0.5

Not for data that belongs to one use case: that is an argument.
"""

from maestri.context.call_context import (
    PRIORITIES,
    Context,
    current,
    enter,
    leave,
    new_context,
    run_named,
    use_context,
)
from maestri.context.commands import Commands
from maestri.context.ids import id_text, new_id, new_span_id, span_number, trace_id
from maestri.context.keys import child_key, encoded_key
from maestri.context.otlp import Exporter, exporting
from maestri.context.outcomes import OUTCOMES, counted_outcome
from maestri.context.rate_limited_log import RateLimitedLog
from maestri.context.recorder import CallKind, CallTotal, Recorder, Span, SpanRecord

__all__ = [
    "OUTCOMES",
    "PRIORITIES",
    "CallKind",
    "CallTotal",
    "Commands",
    "Context",
    "Exporter",
    "RateLimitedLog",
    "Recorder",
    "Span",
    "SpanRecord",
    "child_key",
    "counted_outcome",
    "current",
    "encoded_key",
    "enter",
    "exporting",
    "id_text",
    "leave",
    "new_context",
    "new_id",
    "new_span_id",
    "run_named",
    "span_number",
    "trace_id",
    "use_context",
]
