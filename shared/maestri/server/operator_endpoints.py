"""What operators ask a server: whether it lives, what it served, what a request did."""

import hmac
from collections.abc import Callable
from typing import Any

import msgspec

from maestri.context import Recorder
from maestri.server.responses import EncodedResponse
from maestri.server.routes import Endpoint, Receive, Scope, Send, not_found, send_response

JSON_HEADERS = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]


def operator_endpoints(
    recorder: Recorder, ready: Callable[[], bool] | None, token: str | None
) -> dict[str, Endpoint]:
    """
    Return the endpoint of each operator path.

    ``/health/live`` and ``/health/ready`` are open. ``/maestri/counters`` and
    ``/maestri/trace/{request_id}`` want ``authorization: Bearer <token>``; to anyone else, and if
    there is no *token*, they are unknown addresses.
    """

    async def live(_: Scope, __: Receive, send: Send) -> None:
        await _send_json(send, 200, {"status": "live"})

    async def is_ready(_: Scope, __: Receive, send: Send) -> None:
        yes = ready is None or ready()
        await _send_json(send, 200 if yes else 503, {"status": "ready" if yes else "not ready"})

    async def counters(_: Scope, __: Receive, send: Send) -> None:
        await _send_json(send, 200, dict(sorted(recorder.served.items())))

    async def trace(scope: Scope, _: Receive, send: Send) -> None:
        spans = recorder.of_request(scope["path_params"]["request_id"])
        await _send_json(send, 200, [span._asdict() for span in spans])

    endpoints: dict[str, Endpoint] = {"/health/live": live, "/health/ready": is_ready}
    if token:
        endpoints["/maestri/counters"] = _authorized(counters, token)
        endpoints["/maestri/trace/{request_id}"] = _authorized(trace, token)
    return endpoints


def _authorized(endpoint: Endpoint, token: str) -> Endpoint:
    expected = f"Bearer {token}".encode()

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        if hmac.compare_digest(given, expected):
            await endpoint(scope, receive, send)
            return
        await send_response(send, not_found())

    return handle


async def _send_json(send: Send, status: int, value: Any) -> None:
    await send_response(send, EncodedResponse(status, JSON_HEADERS, msgspec.json.encode(value)))
