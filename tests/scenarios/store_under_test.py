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
"""What an answer's equality in all topologies means, besides status, body and calls."""


class Exchange(msgspec.Struct, frozen=True):
    """One request of a client and its answer; *calls* are all that it caused below."""

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


Recorded = dict[str, dict[str, list[Exchange]]]
"""What was done, by topology and scenario."""


class Visitor:
    """A client with cookies of its own; ``last`` is what its last request did."""

    def __init__(self, client: httpx.Client, store: "Store") -> None:
        self.client = client
        self.exchanges: list[Exchange] = []
        self._store = store

    @property
    def last(self) -> Exchange:
        """The exchange of its last request."""
        return self.exchanges[-1]

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
        answer = self.client.request(method, target, **options)
        exchange = _exchange(answer, self._store.topology)
        self.exchanges.append(exchange)
        self._store.exchanges.append(exchange)
        return answer

    def json(self, target: str, **options: Any) -> Any:
        """Return the JSON that a GET answers with status 200."""
        answer = self.get(target, **options)
        assert answer.status_code == codes.OK, answer.text
        return answer.json()

    def refused(self, status: int, answer: httpx.Response) -> dict[str, Any]:
        """Return the problem details of *answer*, which has this status and shows no internals."""
        assert status == answer.status_code, answer.text
        assert "application/problem+json" == answer.headers["content-type"]
        problem: dict[str, Any] = answer.json()
        assert status == problem["status"]
        for trace in ("Traceback", "Error:", ".py", "sqlite"):
            assert trace not in answer.text
        return problem


class Store:
    """
    The store in one topology.

    Attributes:
        topology: Where it runs.
        exchanges: What its visitors did, in order.
    """

    def __init__(self, topology: RunningTopology) -> None:
        self.topology = topology
        self.exchanges: list[Exchange] = []
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


def _exchange(answer: httpx.Response, topology: RunningTopology) -> Exchange:
    request_id = answer.headers.get("x-request-id", "")
    return Exchange(
        answer.request.method,
        answer.request.url.raw_path.decode(),
        answer.status_code,
        {name: answer.headers[name] for name in HEADERS if name in answer.headers},
        answer.text,
        request_id,
        topology.calls(request_id) if request_id else Counter(),
    )
