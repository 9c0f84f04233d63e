"""What one request caused, gathered from every unit of a running topology."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from maestri.errors import TopologyError
from maestri.runtime.control import LauncherRecord, replica_addresses
from maestri.runtime.probe import OK, probe
from maestri.runtime.recent_requests import PATH, REQUESTS_MAX, RecentRequest

TIMEOUT_S = 3.0
NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000
DEPTH_MAX = 100

T = TypeVar("T")


class UnitSpan(msgspec.Struct, frozen=True):
    """A span as a unit tells it, and the unit."""

    span_id: str
    parent_id: str
    kind: str
    name: str
    component: str
    start_ns: int
    duration_ns: int
    outcome: str
    detail: str = ""
    unit: str = ""


class RequestTrace(msgspec.Struct, frozen=True):
    """The spans of one request, and the units that did not respond."""

    request_id: str
    spans: tuple[UnitSpan, ...]
    unreachable: tuple[str, ...]


class RecentRequests(msgspec.Struct, frozen=True):
    """The last requests of clients, newest first, and the units that did not respond."""

    requests: tuple[RecentRequest, ...]
    unreachable: tuple[str, ...]


async def collect_trace(record: LauncherRecord, request_id: str) -> RequestTrace:
    """Ask all units of a running topology at once for what they recorded of *request_id*."""
    path = f"/maestri/trace/{quote(request_id, safe='')}"
    told, unreachable = await _asked(record, path, list[UnitSpan])
    spans = [msgspec.structs.replace(span, unit=unit) for unit, one in told for span in one]
    return RequestTrace(
        request_id, tuple(sorted(spans, key=lambda span: span.start_ns)), unreachable
    )


async def collect_requests(record: LauncherRecord) -> RecentRequests:
    """Ask all units of a running topology at once for the last requests of clients; at most 20."""
    told, unreachable = await _asked(record, PATH, list[RecentRequest])
    found = [msgspec.structs.replace(request, unit=unit) for unit, one in told for request in one]
    found.sort(key=lambda request: -request.start_ns)
    return RecentRequests(tuple(found[:REQUESTS_MAX]), unreachable)


async def _asked(
    record: LauncherRecord, path: str, kind: type[T]
) -> tuple[list[tuple[str, T]], tuple[str, ...]]:
    """Return what each unit responds, and the units that do not."""
    headers = {"authorization": f"Bearer {record.operator_token}"}
    places = replica_addresses(record)
    responses = await asyncio.gather(
        *(probe(address, path, timeout_s=TIMEOUT_S, headers=headers) for _, address in places)
    )
    told: list[tuple[str, T]] = []
    unreachable: list[str] = []
    for (unit, _), (status, body) in zip(places, responses, strict=True):
        if status == OK:
            told.append((unit, msgspec.json.decode(body, type=kind)))
        else:
            unreachable.append(unit)
    return told, tuple(unreachable)


def requests_as_text(recent: RecentRequests) -> str:
    """Return a line for each request: when, how long, its id, and what was asked."""
    lines = [f"{'when':8}  {'ms':>8}  {'request':32}  asked"]
    for one in recent.requests:
        when = datetime.fromtimestamp(one.start_ns / NS_PER_S, UTC).astimezone()
        took = one.duration_ns / NS_PER_MS
        lines.append(
            f"{when:%H:%M:%S}  {took:8.1f}  {one.request_id:32}  {_mark(one.outcome)} {one.name}"
        )
    if not recent.requests:
        lines = ["No client has asked for anything yet."]
    lines += _missing(recent.unreachable)
    return "\n".join(lines)


def trace_as_text(trace: RequestTrace) -> str:
    """
    Return the tree of what happened, each line with when it began and how long it took.

    What begins before the line above it has ended ran beside it.

    Raises:
        TopologyError: Nothing is known of the request.
    """
    _refuse_unknown(trace)
    children: dict[str, list[UnitSpan]] = {}
    for span in trace.spans:
        children.setdefault(span.parent_id, []).append(span)
    known = {span.span_id for span in trace.spans}
    begun_ns = trace.spans[0].start_ns
    lines = [f"request {trace.request_id}", f"{'at ms':>8}  {'took':>8}"]
    for span in trace.spans:
        if span.parent_id not in known:
            lines += _tree(span, children, begun_ns, 0)
    lines += _missing(trace.unreachable)
    return "\n".join(lines)


def trace_as_data(trace: RequestTrace) -> dict[str, Any]:
    """
    Return the spans as plain data, each with its start after the first one's.

    Raises:
        TopologyError: Nothing is known of the request.
    """
    _refuse_unknown(trace)
    begun_ns = trace.spans[0].start_ns
    data: dict[str, Any] = msgspec.to_builtins(trace)
    for span in data["spans"]:
        span["offset_ns"] = span["start_ns"] - begun_ns
    return data


def _refuse_unknown(trace: RequestTrace) -> None:
    if trace.spans:
        return
    away = (
        f" These units did not respond: {', '.join(trace.unreachable)}."
        if trace.unreachable
        else ""
    )
    raise TopologyError(
        f"nothing is known of request {trace.request_id}. Take the id from the response's "
        "x-request-id header, or from maestri trace; "
        f"each unit keeps its last 20,000 spans.{away}"
    )


def _missing(unreachable: Iterable[str]) -> list[str]:
    return [f"(no response from {unit}: its part is missing)" for unit in unreachable]


def _tree(
    span: UnitSpan, children: Mapping[str, list[UnitSpan]], begun_ns: int, depth: int
) -> Iterator[str]:
    at, took = (span.start_ns - begun_ns) / NS_PER_MS, span.duration_ns / NS_PER_MS
    what = f"plan {span.name}" if span.kind == "plan" else span.name
    where = f"{span.component} in {span.unit}" if span.kind != "call" else ""
    notes = ", ".join(note for note in (where, span.detail) if note)
    shown = f"  ({notes})" if notes else ""
    yield f"{at:8.1f}  {took:8.1f}  {'  ' * depth}{_mark(span.outcome)} {what}{shown}"
    if depth < DEPTH_MAX:
        for child in children.get(span.span_id, ()):
            yield from _tree(child, children, begun_ns, depth + 1)


def _mark(outcome: str) -> str:
    """Return how a line begins: + for done, - for not needed, ! for failed."""
    if outcome == "ok":
        return "+"
    return f"- {outcome}" if outcome in {"pruned", "skipped"} else f"! {outcome}"
