"""The caller's side of a request: arguments are checked, then written."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, get_origin
from urllib.parse import urlencode

import msgspec

from maestri.contracts.message import item_of, without_none
from maestri.contracts.operation import Operation
from maestri.contracts.parameter import Parameter
from maestri.contracts.request_target import (
    PLAIN_CHARACTERS_MAX,
    PLAIN_ITEMS_MAX,
    RequestTarget,
)
from maestri.contracts.request_text import (
    DOTS,
    QUERY_FIELDS_MAX,
    form_pairs,
    pairs_of,
    refuse_lost_text,
    text_of,
)
from maestri.contracts.values import NUL, flaw_of
from maestri.errors import InvalidRequest

FITTING_MAX = 1_024
_TEXT = frozenset({str})
# How msgspec says it; the name is the one on the wire.
_MISSING = re.compile(r"Object missing required field `(.+)`")
INT_MIN, INT_MAX = -(2**63), 2**64 - 1


class Request(NamedTuple):
    """An encoded call: *target* is path and query, relative to the component's address."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None


class RequestWriter:
    """Write the requests of one operation; what its callee would refuse is refused here already."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        indexed = list(enumerate(operation.parameters))
        self._target = RequestTarget(operation)
        self._query = [(i, p) for i, p in indexed if p.place == "query"]
        self._headers = [(i, p) for i, p in indexed if p.place == "header"]
        self._cookies = [(i, p) for i, p in indexed if p.place == "cookie"]
        self._body = next(((i, p) for i, p in indexed if p.place in {"body", "form"}), None)
        self._fields = [(i, p) for i, p in indexed if p.place == "field"]
        plain = self._target.plain_fits
        self._plain = [(i, _plainness(p) if plain else _never) for i, p in indexed]
        self._keys = operation.key_index if operation.batch_of is not None else None
        self._repeated = [i for i, p in self._query if p.many]
        self._may_be_many = self._keys is not None or bool(self._repeated)
        self._names = [p.name for p in operation.parameters]
        self._decoder = msgspec.json.Decoder(
            msgspec.defstruct("Arguments", [(p.name, p.kind) for p in operation.parameters])
        )

    def checked(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """
        Return *arguments*; nearly free if all are plain, a copy otherwise.

        Raises:
            InvalidRequest: A callee would refuse them.
        """
        for i, is_plain in self._plain:
            if not is_plain(arguments[i]):
                return self.copied(arguments)
        if self._may_be_many:
            self._refuse_many(arguments)
        return arguments

    def copied(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """
        Return *arguments* as they would arrive.

        Raises:
            InvalidRequest: They would not.
        """
        refuse_flaws(self.operation, arguments)
        try:
            encoded = msgspec.json.encode(dict(zip(self._names, arguments, strict=True)))
            value = self._decoder.decode(encoded)
        except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as mismatch:
            raise self._renamed(invalid(mismatch, "arguments")) from mismatch
        found = tuple([getattr(value, name) for name in self._names])
        for parameter, argument in zip(self.operation.parameters, found, strict=True):
            refuse_lost_text(parameter, argument)
        self._refuse_many(found)
        self._target.refuse_long(found, len(encoded))
        return found

    def _refuse_many(self, arguments: tuple[Any, ...]) -> None:
        if self._keys is not None:
            refuse_many_keys(self.operation, arguments[self._keys])
        fields = sum([len(arguments[i]) for i in self._repeated])
        if self._repeated and fields + len(self._query) - len(self._repeated) > QUERY_FIELDS_MAX:
            raise InvalidRequest(
                field=self.operation.parameters[self._repeated[0]].wire,
                reason=f"makes the query longer than {QUERY_FIELDS_MAX} fields",
            )

    def _renamed(self, refusal: InvalidRequest) -> InvalidRequest:
        for parameter in self.operation.parameters:
            if refusal.field == parameter.name != parameter.wire:
                return InvalidRequest(field=parameter.wire, reason=refusal.reason)
        return refusal

    def request(self, arguments: tuple[Any, ...]) -> Request:
        """Return the request for a call with *arguments*, in the order of the signature."""
        arguments = self.checked(arguments)
        target = self._target.written(arguments)
        headers = tuple(
            [(p.wire, text_of(arguments[i])) for i, p in self._headers if arguments[i] is not None]
        )
        cookies = [
            f"{name}={text}"
            for i, p in self._cookies
            for name, text in pairs_of(p.wire, arguments[i])
        ]
        if cookies:
            headers += (("cookie", "; ".join(cookies)),)
        return Request(self.operation.method, target, headers, self._request_body(arguments))

    def _request_body(self, arguments: tuple[Any, ...]) -> bytes | None:
        if self._body is not None:
            value = arguments[self._body[0]]
            if self._body[1].place == "form":
                return urlencode(form_pairs(value)).encode()
            return msgspec.json.encode(value)
        if self._fields:
            return msgspec.json.encode({p.wire: arguments[i] for i, p in self._fields})
        return None


def refuse_flaws(operation: Operation, arguments: tuple[Any, ...]) -> None:
    """
    Refuse arguments with a value that would not arrive as it is.

    Raises:
        InvalidRequest: Names the parameter.
    """
    if flaw_of(arguments, nul=False) is None:
        return
    for parameter, argument in zip(operation.parameters, arguments, strict=True):
        flaw = flaw_of(argument, nul=False)
        if flaw is not None:
            raise InvalidRequest(field=parameter.wire, reason=flaw)


def refuse_many_keys(operation: Operation, keys: tuple[Any, ...]) -> None:
    """Refuse more keys in one call than the batch *operation* declares."""
    if len(keys) > operation.batch_max:
        raise InvalidRequest(
            field=operation.parameters[operation.key_index].wire,
            reason=f"has more than {operation.batch_max} keys",
        )


def invalid(mismatch: Exception, field: str) -> InvalidRequest:
    """Return the InvalidRequest naming the field of a msgspec error; *field* if it has none."""
    if isinstance(mismatch, RecursionError):
        return InvalidRequest(field=field, reason="is nested too deeply")
    if isinstance(mismatch, UnicodeDecodeError):
        return InvalidRequest(field=field, reason="is not UTF-8")
    reason, _, path = str(mismatch).partition(" - at `")
    place = path.rstrip("`").removeprefix("$").removeprefix(".")
    if (missing := _MISSING.fullmatch(reason)) is not None:
        return InvalidRequest(field=f"{place}.{missing[1]}".lstrip("."), reason="is missing")
    return InvalidRequest(field=place or field, reason=reason)


def _plainness(parameter: Parameter) -> Callable[[Any], bool]:
    """Return a test that only values pass which arrive as they are; it may fail others."""
    if parameter.place in {"header", "cookie"}:
        return _never
    test = _plainness_of(parameter.kind)
    if parameter.constrained:
        test = _and_fits(test, parameter.kind)
    if parameter.place == "path":
        return lambda value: test(value) and value not in DOTS
    if parameter.default is None:
        return lambda value: value is None or test(value)
    return test


def _plainness_of(kind: Any) -> Callable[[Any], bool]:
    item = item_of(kind)
    if item is None:
        return _PLAIN.get(without_none(kind), _never)
    if get_origin(without_none(kind)) is not tuple:
        return _never
    if without_none(item) is str:
        return _are_plain_texts
    each = _PLAIN.get(without_none(item), _never)
    return lambda value: (
        type(value) is tuple and len(value) <= PLAIN_ITEMS_MAX and all(map(each, value))
    )


def _and_fits(test: Callable[[Any], bool], kind: Any) -> Callable[[Any], bool]:
    # The same few keys are sent again and again; whether they fit is looked up.
    held = msgspec.defstruct("Held", [("value", kind)])

    @lru_cache(maxsize=FITTING_MAX)
    def fits(value: Any) -> bool:
        try:
            msgspec.convert({"value": value}, held)
        except msgspec.ValidationError:
            return False
        return True

    return lambda value: test(value) and fits(value)


def _never(_: Any) -> bool:
    return False


def _is_plain_text(value: Any) -> bool:
    return (
        type(value) is str
        and value.isascii()
        and len(value) <= PLAIN_CHARACTERS_MAX
        and NUL not in value
    )


def _are_plain_texts(value: Any) -> bool:
    # Looked at together, 24 keys cost a fifth of what they cost one by one.
    if type(value) is not tuple or len(value) > PLAIN_ITEMS_MAX:
        return False
    if not _TEXT.issuperset(map(type, value)):
        return False
    text = "".join(value)
    return text.isascii() and len(text) <= PLAIN_CHARACTERS_MAX and NUL not in text


def _is_plain_integer(value: Any) -> bool:
    return type(value) is int and INT_MIN <= value <= INT_MAX


def _is_bool(value: Any) -> bool:
    return type(value) is bool


_PLAIN: dict[Any, Callable[[Any], bool]] = {
    str: _is_plain_text,
    int: _is_plain_integer,
    bool: _is_bool,
}
