"""What one request caused, gathered from every unit of a running topology."""

import asyncio
from collections.abc import Iterator, Mapping
from urllib.parse import quote

import msgspec

from maestri.errors import TopologyError
from maestri.topology.control import Record, addresses
from maestri.topology.probe import OK, probe

ASK_S_MAX = 3.0
NS_PER_MS = 1_000_000
DEPTH_MAX = 100


class Recorded(msgspec.Struct, frozen=True):
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


class Gathered(msgspec.Struct, frozen=True):
    """The spans of one request, and the units that did not answer."""

    request_id: str
    spans: tuple[Recorded, ...]
    silent: tuple[str, ...]


async def gather_trace(record: Record, request_id: str) -> Gathered:
    """Ask all units of a running topology at once for what they recorded of *request_id*."""
    headers = {"authorization": f"Bearer {record.operator_token}"}
    path = f"/maestri/trace/{quote(request_id, safe='')}"
    places = addresses(record)
    answers = await asyncio.gather(
        *(probe(address, path, within_s=ASK_S_MAX, headers=headers) for _, address in places)
    )
    spans: list[Recorded] = []
    silent: list[str] = []
    for (unit, _), (status, body) in zip(places, answers, strict=True):
        if status != OK:
            silent.append(unit)
            continue
        told = msgspec.json.decode(body, type=list[Recorded])
        spans += [msgspec.structs.replace(span, unit=unit) for span in told]
    return Gathered(request_id, tuple(sorted(spans, key=lambda span: span.start_ns)), tuple(silent))


def drawn(gathered: Gathered) -> str:
    """
    Return the tree of what happened: what ran, was pruned or skipped, failed, and how long it took.

    Raises:
        TopologyError: Nothing is known of the request.
    """
    if not gathered.spans:
        away = (
            f" These units did not answer: {', '.join(gathered.silent)}." if gathered.silent else ""
        )
        raise TopologyError(
            f"nothing is known of request {gathered.request_id}. Take the id from the answer's "
            f"x-request-id header; each unit keeps its last 20,000 spans.{away}"
        )
    children: dict[str, list[Recorded]] = {}
    for span in gathered.spans:
        children.setdefault(span.parent_id, []).append(span)
    known = {span.span_id for span in gathered.spans}
    lines = [f"request {gathered.request_id}"]
    for span in gathered.spans:
        if span.parent_id not in known:
            lines += _tree(span, children, 1)
    lines += [f"(no answer from {unit}: its part is missing)" for unit in gathered.silent]
    return "\n".join(lines)


def _tree(span: Recorded, children: Mapping[str, list[Recorded]], depth: int) -> Iterator[str]:
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
