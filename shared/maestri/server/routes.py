"""Which endpoint a request's path leads to."""

from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from maestri.context import new_id
from maestri.errors import TopologyError
from maestri.server.responses import EncodedResponse, encoded_problem, plain_problem

Scope = Any
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Endpoint = Callable[[Scope, Receive, Send], Awaitable[None]]

NO_CONTENT = 204
SEGMENTS_MAX = 64
PATHS_MAX = 1_024
PATH_CHARACTERS_MAX = 250
"""Longer paths are not kept: 1,024 clients' paths of 60 kB would be 100 MB."""


class _Target(NamedTuple):
    endpoint: Endpoint
    names: tuple[str, ...]


class _Node:
    __slots__ = ("below", "parameter", "targets")

    def __init__(self) -> None:
        self.below: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.targets: dict[str, _Target] = {}


class Routes:
    """
    Paths with parameters in braces, and their endpoints.

    A literal segment goes before a parameter, and a parameter is tried where the literal leads
    not_found. A parameter is one segment, as it was sent, and never empty.

    Args:
        not_found: Handles requests where no path leads; without it, problem details do.
    """

    def __init__(self, not_found: Endpoint | None = None) -> None:
        self._root = _Node()
        self.not_found = not_found
        self._cached = lru_cache(maxsize=PATHS_MAX)(self._found)

    def add(self, method: str, path: str, endpoint: Endpoint) -> None:
        """
        Let *endpoint* handle *method* at *path*; what handles GET handles HEAD, too.

        Raises:
            TopologyError: Something else handles it.
        """
        node, names = self._root, list[str]()
        for segment in _segments(path):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.below.setdefault(segment, _Node())
        if method in node.targets:
            raise TopologyError(
                f"{method} {path} is served twice; give one of the two another path or unit"
            )
        node.targets[method] = _Target(endpoint, tuple(names))
        if method == "GET":
            node.targets["HEAD"] = node.targets[method]

    def matches(self, path: str) -> bool:
        """Tell whether there is an endpoint at *path*, by one method at least."""
        return self._find(path)[0] is not None

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request: by its route, or with 404, 405, or 204 for OPTIONS."""
        node, values = self._find(scope["path"])
        if node is None:
            if self.not_found is not None:
                await self.not_found(scope, receive, send)
            else:
                await send_response(send, not_found())
            return
        target = node.targets.get(scope["method"])
        if target is None:
            await send_response(send, _method_not_allowed(scope["method"], node))
            return
        scope["path_params"] = dict(zip(target.names, values, strict=True))
        await target.endpoint(scope, receive, send)

    def _find(self, path: str) -> tuple[_Node | None, tuple[str, ...]]:
        return (self._found if len(path) > PATH_CHARACTERS_MAX else self._cached)(path)

    def _found(self, path: str) -> tuple[_Node | None, tuple[str, ...]]:
        segments = _segments(path)
        values: list[str] = []
        node = _found(self._root, segments, 0, values) if len(segments) <= SEGMENTS_MAX else None
        return node, tuple(values)


def header_map(raw: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """
    Return the headers of a request by name, as ASGI has them: names in lower case.

    Values of equal names are one list (RFC 9110, section 5.3), so that what may be there only once
    is not there at all: nobody's list of two origins, lengths or media types is believed. Cookie
    lines are one line.
    """
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}
    if len(headers) < len(raw):
        values: dict[str, list[str]] = {}
        for name, value in raw:
            values.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        for key, several in values.items():
            headers[key] = ("; " if key == "cookie" else ", ").join(several)
    return headers


async def send_response(send: Send, response: EncodedResponse) -> None:
    """Send a whole response."""
    await send(
        {"type": "http.response.start", "status": response.status, "headers": response.headers}
    )
    await send({"type": "http.response.body", "body": response.body})


def not_found() -> EncodedResponse:
    """Return the response where nothing is."""
    problem = plain_problem(404, "not_found", "There is nothing at this address.")
    return encoded_problem(problem, new_id())


def _method_not_allowed(method: str, node: _Node) -> EncodedResponse:
    allow = [(b"allow", ", ".join(sorted({*node.targets, "OPTIONS"})).encode())]
    if method == "OPTIONS":
        return EncodedResponse(NO_CONTENT, allow, b"")
    problem = plain_problem(405, "method_not_allowed", "This address does not allow that method.")
    return encoded_problem(problem, new_id(), allow)


def _segments(path: str) -> list[str]:
    segments = path.split("/", SEGMENTS_MAX + 1)[1:]
    return [] if segments == [""] else segments


def _found(node: _Node, segments: Sequence[str], index: int, values: list[str]) -> _Node | None:
    if index == len(segments):
        return node if node.targets else None
    segment = segments[index]
    literal = node.below.get(segment)
    if literal is not None:
        found = _found(literal, segments, index + 1, values)
        if found is not None:
            return found
    if node.parameter is None or not segment:
        return None
    values.append(segment)
    found = _found(node.parameter, segments, index + 1, values)
    if found is None:
        values.pop()
    return found
