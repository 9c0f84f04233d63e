"""The context of a call as headers, between our own units. Never read at the edge."""

from collections.abc import Mapping
from urllib.parse import quote

from maestri import clock
from maestri.context import (
    PRIORITIES,
    Context,
    Recorder,
    id_text,
    new_id,
    span_number,
    trace_id,
)
from maestri.contracts import Codec, percent_decoded

REMAINING = "maestri-remaining-ms"
REQUEST = "x-request-id"
SPAN = "maestri-span"
IDENTITY = "maestri-identity"
PRIORITY = "maestri-priority"
KEY = "idempotency-key"
SELECT = "maestri-select"

ID_CHARACTERS_MAX = 64
TIMEOUT_S_MAX = 60.0


def context_headers(context: Context, remaining_s: float, codec: Codec) -> list[tuple[str, str]]:
    """Return the headers that carry *context*; clocks differ, so time travels as a rest."""
    headers = [
        (REMAINING, str(max(1, int(remaining_s * 1000)))),
        (REQUEST, context.request_id),
        (SPAN, id_text(context.span_id)),
    ]
    if context.identity is not None:
        headers.append((IDENTITY, quote(context.identity)))
    if context.priority != "normal":
        headers.append((PRIORITY, context.priority))
    if context.key is not None:
        headers.append((KEY, quote(context.key)))
    selection = None if context.selection is None else codec.narrowing(context.selection).text
    if selection is not None:
        headers.append((SELECT, selection))
    return headers


def external_headers(context: Context) -> list[tuple[str, str]]:
    """Return the headers for a service that is not ours: the trace, and nothing about who asks."""
    return [("traceparent", f"00-{trace_id(context.request_id)}-{id_text(context.span_id)}-01")]


def received_context(
    headers: Mapping[str, str],
    codec: Codec,
    component: str,
    recorder: Recorder | None,
    timeout_s_default: float,
) -> Context:
    """
    Return the context that a caller sent; a new one as far as it sent none.

    Raises:
        InvalidRequest: The selection is not one, or identity or key are not UTF-8.
    """
    priority = headers.get(PRIORITY, "normal")
    identity, key, selection = headers.get(IDENTITY), headers.get(KEY), headers.get(SELECT)
    return Context(
        clock.now_s() + _remaining_s(headers.get(REMAINING), timeout_s_default),
        _id(headers.get(REQUEST, "")) or new_id(),
        span_number(headers.get(SPAN, "")),
        None if identity is None else percent_decoded(identity.encode(), IDENTITY),
        priority if priority in PRIORITIES else "normal",
        None if key is None else percent_decoded(key.encode(), KEY),
        None if selection is None else codec.received_selection(selection),
        component,
        recorder,
    )


def _remaining_s(text: str | None, default_s: float) -> float:
    if text is None:
        return default_s
    try:
        return min(int(text) / 1000, TIMEOUT_S_MAX)
    except (ValueError, OverflowError):
        return default_s


def _id(text: str) -> str:
    return text if text.isalnum() and text.isascii() and len(text) <= ID_CHARACTERS_MAX else ""
