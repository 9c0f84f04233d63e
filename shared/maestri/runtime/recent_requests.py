"""Which requests of clients a unit served last: where a trace begins."""

from typing import Any

import msgspec

from maestri.context import Recorder
from maestri.runtime.operator_route import operator_route

PATH = "/maestri/requests"
REQUESTS_MAX = 20
SPANS_MAX = 20_000


class RecentRequest(msgspec.Struct, frozen=True):
    """A request of a client, and how it ended."""

    request_id: str
    name: str
    component: str
    start_ns: int
    duration_ns: int
    outcome: str
    unit: str = ""


def recent_requests(recorder: Recorder) -> tuple[RecentRequest, ...]:
    """Return the last requests of clients that *recorder* still has, newest first; at most 20."""
    spans = recorder.since(max(0, recorder.recorded - SPANS_MAX))
    served = [
        RecentRequest(
            one.request_id, one.name, one.component, one.start_ns, one.duration_ns, one.outcome
        )
        for one in spans
        if one.kind == "serve"
    ]
    return tuple(reversed(served[-REQUESTS_MAX:]))


def requests_route(recorder: Recorder, operator_token: str) -> Any:
    """Return the route by which an operator asks; without the token it is no address."""

    async def requests() -> bytes:
        return msgspec.json.encode(recent_requests(recorder))

    return operator_route(PATH, "application/json", operator_token, requests)
