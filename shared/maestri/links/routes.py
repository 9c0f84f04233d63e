"""Which endpoint a request's path leads to."""

from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from maestri.context import new_id
from maestri.errors import TopologyError
from maestri.links.http_answers import Encoded, encoded_problem, plain_problem

Scope = Any
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Answering = Callable[[Scope, Receive, Send], Awaitable[None]]

NO_CONTENT = 204
SEGMENTS_MAX = 64
PATHS_MAX = 1_024


class _Target(NamedTuple):
    answering: Answering
    names: tuple[str, ...]


class _Node:
    __slots__ = ("below", "parameter", "targets")

    def __init__(self) -> None:
        self.below: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.targets: dict[str, _Target] = {}


class Routes:
    """
    Paths with parameters in braces, and what answers them.

    A literal segment goes before a parameter, and a parameter is tried where the literal leads
    nowhere. A parameter is one segment, as it was sent, and never empty.

    Args:
        nowhere: Answers where no path leads; without it, problem details do.
    """

    def __init__(self, nowhere: Answering | None = None) -> None:
        self._root = _Node()
        self.nowhere = nowhere
        self._find = lru_cache(maxsize=PATHS_MAX)(self._found)

    def add(self, method: str, path: str, answering: Answering) -> None:
        """
        Let *answering* answer *method* at *path*; what answers GET answers HEAD, too.

        Raises:
            TopologyError: Something else answers it.
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
        node.targets[method] = _Target(answering, tuple(names))
        if method == "GET":
            node.targets["HEAD"] = node.targets[method]

    def lead_somewhere(self, path: str) -> bool:
        """Tell whether something answers at *path*, by one method at least."""
        return self._find(path)[0] is not None

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request: by its route, or with 404, 405, or 204 for OPTIONS."""
        node, values = self._find(scope["path"])
        if node is None:
            if self.nowhere is not None:
                await self.nowhere(scope, receive, send)
            else:
                await send_answer(send, unknown_address())
            return
        target = node.targets.get(scope["method"])
        if target is None:
            await send_answer(send, _other_method(scope["method"], node))
            return
        scope["path_params"] = dict(zip(target.names, values, strict=True))
        await target.answering(scope, receive, send)

    def _found(self, path: str) -> tuple[_Node | None, tuple[str, ...]]:
        segments = _segments(path)
        values: list[str] = []
        node = _found(self._root, segments, 0, values) if len(segments) <= SEGMENTS_MAX else None
        return node, tuple(values)


async def send_answer(send: Send, answer: Encoded) -> None:
    """Send a whole answer."""
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


def unknown_address() -> Encoded:
    """Return the answer where nothing is."""
    problem = plain_problem(404, "unknown_address", "There is nothing at this address.")
    return encoded_problem(problem, new_id())


def _other_method(method: str, node: _Node) -> Encoded:
    allow = [(b"allow", ", ".join(sorted({*node.targets, "OPTIONS"})).encode())]
    if method == "OPTIONS":
        return Encoded(NO_CONTENT, allow, b"")
    problem = plain_problem(405, "method_not_allowed", "This address does not answer that method.")
    return encoded_problem(problem, new_id(), allow)


def _segments(path: str) -> list[str]:
    segments = path.split("/")[1:]
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
