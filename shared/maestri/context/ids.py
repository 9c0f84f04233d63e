"""Ids of requests and spans: unique over processes, and cheap enough for every call."""

import hashlib
import itertools
import os
from collections.abc import Iterator

ID_DIGITS = 16
TRACE_DIGITS = 32
HEX = frozenset("0123456789abcdef")
_COUNTED_BITS = 32

_numbers: Iterator[int] = itertools.count()


def new_span_id() -> int:
    """
    Return a new id of 64 bits, as W3C Trace Context and OpenTelemetry want it; never 0.

    The upper half is drawn at random once per process, the lower half counts: a tenth of the cost
    of drawing each id, and a fork draws anew.
    """
    return next(_numbers)


def new_id() -> str:
    """Return a new id of 16 hex digits, unique over processes."""
    return f"{next(_numbers):016x}"


def id_text(span_id: int) -> str:
    """Return the 16 hex digits by which a span's id is written down."""
    return f"{span_id:016x}"


def span_number(text: str) -> int:
    """Return the span's id that *text* stands for; 0, which is none, if it is no such text."""
    return int(text, 16) if len(text) == ID_DIGITS and HEX.issuperset(text) else 0


def trace_id(request_id: str) -> str:
    """Return the 32 hex digits that stand for *request_id* in W3C Trace Context."""
    if len(request_id) == ID_DIGITS and HEX.issuperset(request_id):
        return request_id.rjust(TRACE_DIGITS, "0")
    return hashlib.blake2b(request_id.encode(), digest_size=TRACE_DIGITS // 2).hexdigest()


def _draw() -> None:
    # Ids name records, they guard nothing; the one piece of module state that a fork must renew.
    global _numbers  # noqa: PLW0603
    prefix = int.from_bytes(os.urandom(4)) >> 1 or 1
    _numbers = itertools.count((prefix << _COUNTED_BITS) + 1)


_draw()
os.register_at_fork(after_in_child=_draw)
