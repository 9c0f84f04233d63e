"""What one request caused, gathered from every unit of a running topology."""

import asyncio
from collections.abc import Iterator, Mapping
from urllib.parse import quote

import msgspec

from maestri.errors import TopologyError
from maestri.runtime.control import LauncherRecord, replica_addresses
from maestri.runtime.probe import OK, probe

TIMEOUT_S = 3.0
NS_PER_MS = 1_000_000
DEPTH_MAX = 100


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


async def collect_trace(record: LauncherRecord, request_id: str) -> RequestTrace:
    """Ask all units of a running topology at once for what they recorded of *request_id*."""
    headers = {"authorization": f"Bearer {record.operator_token}"}
    path = f"/maestri/trace/{quote(request_id, safe='')}"
    places = replica_addresses(record)
    responses = await asyncio.gather(
        *(probe(address, path, timeout_s=TIMEOUT_S, headers=headers) for _, address in places)
    )
    spans: list[UnitSpan] = []
    unreachable: list[str] = []
    for (unit, _), (status, body) in zip(places, responses, strict=True):
        if status != OK:
            unreachable.append(unit)
            continue
        recorded = msgspec.json.decode(body, type=list[UnitSpan])
        spans += [msgspec.structs.replace(span, unit=unit) for span in recorded]
    return RequestTrace(
        request_id, tuple(sorted(spans, key=lambda span: span.start_ns)), tuple(unreachable)
    )


def render_trace(trace: RequestTrace) -> str:
    """
    Return the tree of what happened: what ran, was pruned or skipped, failed, and how long it took.

    Raises:
        TopologyError: Nothing is known of the request.
    """
    if not trace.spans:
        away = (
            f" These units did not respond: {', '.join(trace.unreachable)}."
            if trace.unreachable
            else ""
        )
        raise TopologyError(
            f"nothing is known of request {trace.request_id}. Take the id from the response's "
            f"x-request-id header; each unit keeps its last 20,000 spans.{away}"
        )
    children: dict[str, list[UnitSpan]] = {}
    for span in trace.spans:
        children.setdefault(span.parent_id, []).append(span)
    known = {span.span_id for span in trace.spans}
    lines = [f"request {trace.request_id}"]
    for span in trace.spans:
        if span.parent_id not in known:
            lines += _tree(span, children, 1)
    lines += [f"(no response from {unit}: its part is missing)" for unit in trace.unreachable]
    return "\n".join(lines)


def _tree(span: UnitSpan, children: Mapping[str, list[UnitSpan]], depth: int) -> Iterator[str]:
    took = f"{span.duration_ns / NS_PER_MS:.1f} ms"
    what = f"plan {span.name}" if span.kind == "plan" else span.name
    where = f"{span.component} in {span.unit}" if span.kind != "call" else ""
    notes = ", ".join(note for note in (took, where, span.detail) if note)
    yield f"{'  ' * depth}{_mark(span.outcome)} {what}  ({notes})"
    if depth < DEPTH_MAX:
        for child in children.get(span.span_id, ()):
            yield from _tree(child, children, depth + 1)


def _mark(outcome: str) -> str:
    """Return how a line begins: + for done, - for not needed, ! for failed."""
    if outcome == "ok":
        return "+"
    return f"- {outcome}" if outcome in {"pruned", "skipped"} else f"! {outcome}"
