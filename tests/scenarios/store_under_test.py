"""The store as its clients see it, in one topology; what they ask and get is recorded."""

from collections import Counter
from typing import Any

import httpx
import msgspec
from httpx import codes

from maestri.testing import CallMade, RunningTopology

WEB, MOBILE = "bff_web", "bff_mobile"
HEADERS = (
    "content-type",
    "cache-control",
    "vary",
    "etag",
    "location",
    "retry-after",
    "allow",
    "set-cookie",
    "content-security-policy",
    "x-content-type-options",
)
"""What a response's equality in all topologies means, besides status, body and calls."""


class Recording(msgspec.Struct, frozen=True):
    """One request of a client and its response; *calls* are all that it caused below."""

    method: str
    target: str
    status: int
    headers: dict[str, str]
    body: str
    request_id: str
    calls: Counter[CallMade]

    def called(self, operation: str) -> int:
        """Return how often *operation* was called, whatever came of it."""
        return sum(count for call, count in self.calls.items() if call.operation == operation)


Recordings = dict[str, dict[str, list[Recording]]]
"""What was done, by topology and scenario."""


class Visitor:
    """A client with cookies of its own; ``last`` is what its last request did."""

    def __init__(self, client: httpx.Client, store: "Store") -> None:
        self.client = client
        self.recordings: list[Recording] = []
        self._store = store

    @property
    def last(self) -> Recording:
        """The recording of its last request."""
        return self.recordings[-1]

    def get(self, target: str, **options: Any) -> httpx.Response:
        """Ask for something."""
        return self.request("GET", target, **options)

    def post(self, target: str, **options: Any) -> httpx.Response:
        """Send something."""
        return self.request("POST", target, **options)

    def put(self, target: str, **options: Any) -> httpx.Response:
        """Set something."""
        return self.request("PUT", target, **options)

    def delete(self, target: str, **options: Any) -> httpx.Response:
        """Remove something."""
        return self.request("DELETE", target, **options)

    def request(self, method: str, target: str, **options: Any) -> httpx.Response:
        """Send a request, and keep what it did."""
        response = self.client.request(method, target, **options)
        recording = _recording_of(response, self._store.topology)
        self.recordings.append(recording)
        self._store.recordings.append(recording)
        return response

    def json(self, target: str, **options: Any) -> Any:
        """Return the JSON that a GET answers with status 200."""
        response = self.get(target, **options)
        assert response.status_code == codes.OK, response.text
        return response.json()

    def refused(self, status: int, response: httpx.Response) -> dict[str, Any]:
        """Return the problem details of *response*, which has this status and hides internals."""
        assert status == response.status_code, response.text
        assert "application/problem+json" == response.headers["content-type"]
        problem: dict[str, Any] = response.json()
        assert status == problem["status"]
        for trace in ("Traceback", "Error:", ".py", "sqlite"):
            assert trace not in response.text
        return problem


class Store:
    """
    The store in one topology.

    Attributes:
        topology: Where it runs.
        recordings: What its visitors did, in order.
    """

    def __init__(self, topology: RunningTopology) -> None:
        self.topology = topology
        self.recordings: list[Recording] = []
        self._clients: list[httpx.Client] = []

    def web(self) -> Visitor:
        """Return a new visitor of the web shop."""
        return self._visitor(WEB)

    def mobile(self) -> Visitor:
        """Return a new user of the mobile app."""
        return self._visitor(MOBILE)

    def close(self) -> None:
        """Let all visitors go."""
        for client in self._clients:
            client.close()

    def _visitor(self, component: str) -> Visitor:
        self._clients.append(self.topology.client(component))
        return Visitor(self._clients[-1], self)


def _recording_of(response: httpx.Response, topology: RunningTopology) -> Recording:
    request_id = response.headers.get("x-request-id", "")
    return Recording(
        response.request.method,
        response.request.url.raw_path.decode(),
        response.status_code,
        {name: response.headers[name] for name in HEADERS if name in response.headers},
        response.text,
        request_id,
        topology.calls(request_id) if request_id else Counter(),
    )
