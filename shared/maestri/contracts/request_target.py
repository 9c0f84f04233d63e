"""The address of a request: path and query, no longer than a server reads."""

from typing import Any
from urllib.parse import urlencode

from maestri.contracts.operation import Operation
from maestri.contracts.parameter import Parameter
from maestri.contracts.request_text import pairs_of, segment, text_of
from maestri.errors import InvalidRequest

# A server of ours reads 65,534 bytes; what is left is for where its component is mounted.
TARGET_BYTES_MAX = 64_000
HEADERS_BYTES_MAX = 64_000

PLAIN_CHARACTERS_MAX = 1_000
PLAIN_ITEMS_MAX = 200
"""Plain values of more characters or items are measured before they are sent."""

# A byte of text becomes %XX; an integer has at most twenty characters.
_ESCAPED_BYTES = 3
_INTEGER_CHARACTERS_MAX = 20


class RequestTarget:
    """
    Write the targets of one operation, and tell whether arguments fit into them and into headers.

    Attributes:
        plain_fits: Whether arguments of the plain bounds make a target that is short enough.
    """

    def __init__(self, operation: Operation) -> None:
        indexed = list(enumerate(operation.parameters))
        self._literal, self._path = _path_parts(operation)
        self._parameters = operation.parameters
        self._query = [(i, p) for i, p in indexed if p.place == "query"]
        self._headers = [(i, p) for i, p in indexed if p.place in {"header", "cookie"}]
        addressed = [p for p in operation.parameters if p.place in {"path", "query"}]
        self._bytes_least = len(operation.path) + sum(len(_escaped(p)) for p in addressed)
        longest = max([len(_escaped(p)) for p in addressed], default=0)
        # An item is two bytes of JSON or more, and has its name in a query.
        self._bytes_per_byte = _ESCAPED_BYTES + longest
        self.plain_fits = TARGET_BYTES_MAX >= self._bytes_least + sum(map(_plain_most, addressed))

    def written(self, arguments: tuple[Any, ...]) -> str:
        """Return path and query of a call with *arguments*."""
        target = self._literal
        for i, literal in self._path:
            target += segment(text_of(arguments[i]), self._parameters[i].wire) + literal
        if self._query:
            pairs = [pair for i, p in self._query for pair in pairs_of(p.wire, arguments[i])]
            if pairs:
                target = f"{target}?{urlencode(pairs)}"
        return target

    def refuse_long(self, arguments: tuple[Any, ...], json_bytes: int) -> None:
        """
        Refuse *arguments*, of *json_bytes* as JSON, that a server would not read to their end.

        Raises:
            InvalidRequest: Names the longest parameter.
        """
        most = self._bytes_least + json_bytes * self._bytes_per_byte
        if most > TARGET_BYTES_MAX and len(self.written(arguments)) > TARGET_BYTES_MAX:
            addressed = [*[(i, self._parameters[i]) for i, _ in self._path], *self._query]
            raise _too_long(arguments, addressed, f"an address of {TARGET_BYTES_MAX}")
        if json_bytes > HEADERS_BYTES_MAX and (
            sum(_length(arguments[i], p) for i, p in self._headers) > HEADERS_BYTES_MAX
        ):
            raise _too_long(arguments, self._headers, f"headers of {HEADERS_BYTES_MAX}")


def _escaped(parameter: Parameter) -> str:
    return f"&{urlencode({parameter.wire: ''})}"


def _plain_most(parameter: Parameter) -> int:
    """Return the most bytes that a plain value of *parameter* adds to a target."""
    each = len(_escaped(parameter)) + _INTEGER_CHARACTERS_MAX
    return PLAIN_CHARACTERS_MAX * _ESCAPED_BYTES + PLAIN_ITEMS_MAX * each * parameter.many


def _length(value: Any, parameter: Parameter) -> int:
    return sum(len(name) + len(text) for name, text in pairs_of(parameter.wire, value))


def _too_long(
    arguments: tuple[Any, ...], parameters: list[tuple[int, Parameter]], bound: str
) -> InvalidRequest:
    _, longest = max(parameters, key=lambda one: _length(arguments[one[0]], one[1]))
    return InvalidRequest(field=longest.wire, reason=f"does not fit into {bound} bytes")


def _path_parts(operation: Operation) -> tuple[str, list[tuple[int, str]]]:
    """Return what precedes the first parameter, and for each its index and what follows it."""
    names = [parameter.name for parameter in operation.parameters]
    literal, parts = "", list[tuple[int, str]]()
    for part in operation.path.split("/")[1:]:
        following = f"/{'' if part.startswith('{') else part}"
        if parts:
            parts[-1] = (parts[-1][0], parts[-1][1] + following)
        else:
            literal += following
        if part.startswith("{"):
            parts.append((names.index(part[1:-1]), ""))
    return literal, parts
