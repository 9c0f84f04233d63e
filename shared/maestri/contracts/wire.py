"""How an operation's arguments and responses look in HTTP; the same rules for both sides."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

import msgspec

from maestri.contracts.message import item_of, resolved
from maestri.contracts.narrowing import narrowed, project
from maestri.contracts.operation import Operation
from maestri.contracts.parameter import Parameter
from maestri.contracts.selection import Selection
from maestri.errors import Faulted, InvalidRequest, UnsupportedMediaType

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
QUERY_FIELDS_MAX = 1_000
NUL = "\x00"
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Request(NamedTuple):
    """An encoded call: *target* is path and query, relative to the component's address."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None


class ReceivedRequest(NamedTuple):
    """What a server received: path parameters decoded, header names in lower case."""

    path: Mapping[str, str]
    query: bytes
    headers: Mapping[str, str]
    body: bytes


class Codec:
    """
    Encode and decode the calls of one operation; made once, then nothing is looked up per call.

    Raises:
        InvalidRequest: From ``arguments``: names the field and what is wrong with it.
        Faulted: From ``result``: the callee answered what does not fit the contract.
    """

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.edge = operation.contract.edge
        indexed = list(enumerate(operation.parameters))
        self._literal, self._path = _path_parts(operation)
        self._query = [(i, p) for i, p in indexed if p.place == "query"]
        self._headers = [(i, p) for i, p in indexed if p.place == "header"]
        self._cookies = [(i, p) for i, p in indexed if p.place == "cookie"]
        self._body = next(((i, p) for i, p in indexed if p.place in {"body", "form"}), None)
        self._fields = [(i, p) for i, p in indexed if p.place == "field"]
        self._readers = [_reader(parameter) for parameter in operation.parameters]
        self._constrained = [(i, p.wire) for i, p in indexed if p.constrained]
        self._constraints = msgspec.defstruct(
            "Constrained",
            [
                (p.name, p.kind, msgspec.field(name=p.wire))
                for p in operation.parameters
                if p.constrained
            ],
        )
        body_kind = self._body[1].kind if self._body else _fields_struct(operation)
        self.form = self._body is not None and self._body[1].place == "form"
        self._body_kind = body_kind
        self._body_decoder = msgspec.json.Decoder(body_kind) if body_kind is not None else None
        self._decoders: dict[Selection | None, msgspec.json.Decoder[Any]] = {}
        self._everything = msgspec.json.Decoder(
            msgspec.defstruct("Arguments", [(p.name, p.kind) for p in operation.parameters])
        )

    @property
    def has_body(self) -> bool:
        """Tell whether a request carries a body."""
        return self._body_kind is not None

    @property
    def expected(self) -> str:
        """Media type of the request's body."""
        return FORM if self.form else JSON

    # The caller's side.

    def request(self, arguments: tuple[Any, ...]) -> Request:
        """Return the request for a call with *arguments*, in the order of the signature."""
        target = self._literal
        for i, literal in self._path:
            target += _segment(_text(arguments[i]), self.operation.parameters[i].wire) + literal
        if self._query:
            pairs = [pair for i, p in self._query for pair in _pairs(p, arguments[i])]
            if pairs:
                target = f"{target}?{urlencode(pairs)}"
        headers = tuple(
            (p.wire, _text(arguments[i])) for i, p in self._headers if arguments[i] is not None
        )
        return Request(self.operation.method, target, headers, self._request_body(arguments))

    def _request_body(self, arguments: tuple[Any, ...]) -> bytes | None:
        if self._body is not None:
            value = arguments[self._body[0]]
            return (
                urlencode(msgspec.to_builtins(value), doseq=True).encode()
                if self.form
                else msgspec.json.encode(value)
            )
        if self._fields:
            return msgspec.json.encode({p.wire: arguments[i] for i, p in self._fields})
        return None

    def result(self, body: bytes, selection: Selection | None) -> Any:
        """Return the value in a response's body; a partial one if *selection* is given."""
        if self.operation.result is type(None):
            return None
        decoder = self._decoders.get(selection) or self._decoder(selection)
        try:
            return decoder.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as mismatch:
            raise Faulted(
                f"responded with what does not fit: {mismatch}", operation=self.operation.id
            ) from mismatch

    def _decoder(self, selection: Selection | None) -> msgspec.json.Decoder[Any]:
        decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(
            narrowed(self.operation.result, selection)
        )
        if len(self._decoders) < DECODERS_MAX:
            self._decoders[selection] = decoder
        return decoder

    # The callee's side.

    def arguments(self, received: ReceivedRequest) -> tuple[Any, ...]:
        """Return the arguments of a call, in the order of the signature."""
        found: dict[int, Any] = {}
        for i, _ in self._path:
            parameter = self.operation.parameters[i]
            found[i] = self._readers[i](
                _without_dots(received.path[parameter.name], parameter.wire)
            )
        if self._query or (self.edge and received.query):
            self._read_query(received.query, found)
        for i, p in self._headers:
            if p.wire in received.headers:
                found[i] = self._readers[i](received.headers[p.wire])
        if self._cookies:
            cookies = parse_cookies(received.headers.get("cookie", ""))
            found.update(
                {
                    i: self._readers[i](cookies[p.wire])
                    for i, p in self._cookies
                    if p.wire in cookies
                }
            )
        if self._body_kind is not None:
            self._read_body(received, found)
        return tuple(
            found[i] if i in found else _default(p) for i, p in enumerate(self.operation.parameters)
        )

    def _read_query(self, query: bytes, found: dict[int, Any]) -> None:
        try:
            pairs = parse_qsl(
                query.decode("latin-1"),
                keep_blank_values=True,
                max_num_fields=QUERY_FIELDS_MAX,
                errors="strict",
            )
        except ValueError as mismatch:
            raise InvalidRequest(field="query", reason=str(mismatch)) from mismatch
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        for i, p in self._query:
            if p.wire in values:
                given = values.pop(p.wire)
                if not p.many and len(given) > 1:
                    raise InvalidRequest(field=p.wire, reason="is given more than once")
                found[i] = self._readers[i](given if p.many else given[0])
        if values and self.edge and not self.operation.options.get("hidden"):
            raise InvalidRequest(
                field=next(iter(values)), reason="is not a parameter of this operation"
            )

    def _read_body(self, received: ReceivedRequest, found: dict[int, Any]) -> None:
        value = self._decoded_body(received)
        if self._body is not None:
            found[self._body[0]] = value
        else:
            found.update({i: getattr(value, p.name) for i, p in self._fields})

    def _decoded_body(self, received: ReceivedRequest) -> Any:
        media_type = (
            received.headers.get("content-type", self.expected).partition(";")[0].strip().lower()
        )
        if media_type != self.expected:
            raise UnsupportedMediaType(expected=self.expected)
        assert self._body_decoder is not None
        try:
            if self.form:
                return msgspec.convert(
                    _form_fields(received.body, self._body_kind), self._body_kind, strict=False
                )
            if _ESCAPED_NUL.search(received.body):
                raise InvalidRequest(field="body", reason="has a NUL character")
            return self._body_decoder.decode(received.body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as mismatch:
            raise invalid(mismatch, "body") from mismatch

    def body(self, value: Any, selection: Selection | None) -> bytes:
        """Return the body of the response *value*, with only the selected fields."""
        return msgspec.json.encode(
            project(value, self.operation.result, selection) if selection else value
        )

    # Local calls, which must not differ from remote ones.

    def checked(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """Refuse arguments that a remote callee would refuse; nearly free if all are plain."""
        for i, _ in self._path:
            if arguments[i] in DOTS:
                _without_dots(arguments[i], self.operation.parameters[i].wire)
        if self._constrained:
            given = {wire: arguments[i] for i, wire in self._constrained}
            try:
                msgspec.convert(given, self._constraints)
            except msgspec.ValidationError as mismatch:
                raise invalid(mismatch, "arguments") from mismatch
        return arguments

    def copied_arguments(self, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the arguments as they would arrive over the network."""
        for i, _ in self._path:
            _without_dots(_text(arguments[i]), self.operation.parameters[i].wire)
        names = [parameter.name for parameter in self.operation.parameters]
        try:
            encoded = msgspec.json.encode(dict(zip(names, arguments, strict=True)))
            value = self._everything.decode(encoded)
        except (msgspec.ValidationError, TypeError, UnicodeEncodeError) as mismatch:
            raise invalid(mismatch, "arguments") from mismatch
        return tuple(getattr(value, name) for name in names)


DECODERS_MAX = 256


@lru_cache(maxsize=4096)
def codec_of(operation: Operation) -> Codec:
    """Return the one codec of *operation*."""
    return Codec(operation)


def invalid(mismatch: Exception, field: str) -> InvalidRequest:
    """Return the InvalidRequest naming the field of a msgspec error; *field* if it has none."""
    if isinstance(mismatch, RecursionError):
        return InvalidRequest(field=field, reason="is nested too deeply")
    reason, _, path = str(mismatch).partition(" - at `")
    place = path.rstrip("`").removeprefix("$").removeprefix(".")
    return InvalidRequest(field=place or field, reason=reason)


def parse_cookies(header: str) -> dict[str, str]:
    """Return the cookies of a request by name; of equal names the first counts."""
    cookies: dict[str, str] = {}
    for part in header.split(";")[:COOKIES_MAX]:
        name, separator, value = part.strip().partition("=")
        if separator:
            cookies.setdefault(name, value.strip('"'))
    return cookies


COOKIES_MAX = 100


def _path_parts(operation: Operation) -> tuple[str, list[tuple[int, str]]]:
    """Return what precedes the first parameter, and for each its index and what follows it."""
    names = [parameter.name for parameter in operation.parameters]
    literal, parts = "", list[tuple[int, str]]()
    for segment in operation.path.split("/")[1:]:
        following = f"/{'' if segment.startswith('{') else segment}"
        if parts:
            parts[-1] = (parts[-1][0], parts[-1][1] + following)
        else:
            literal += following
        if segment.startswith("{"):
            parts.append((names.index(segment[1:-1]), ""))
    return literal, parts


@lru_cache(maxsize=4096)
def _segment(text: str, field: str) -> str:
    """Return *text* as one segment of a path."""
    try:
        return quote(_without_dots(text, field), safe="")
    except UnicodeEncodeError as mismatch:
        raise InvalidRequest(field=field, reason="is not Unicode text") from mismatch


def _without_dots(text: str, field: str) -> str:
    # On its way a path is tidied: such a segment would vanish, and lead to another operation.
    if text in DOTS:
        raise InvalidRequest(field=field, reason="cannot be a part of a path")
    return text


DOTS = frozenset({"", ".", ".."})


def _fields_struct(operation: Operation) -> type[msgspec.Struct] | None:
    fields = [parameter for parameter in operation.parameters if parameter.place == "field"]
    if not fields:
        return None
    specified = [(p.name, p.kind) if p.required else (p.name, p.kind, p.default) for p in fields]
    return msgspec.defstruct(
        f"{operation.name}_body",
        specified,
        kw_only=True,
        forbid_unknown_fields=operation.contract.edge,
    )


def _reader(parameter: Parameter) -> Callable[[Any], Any]:
    if resolved(parameter.kind) is str and not parameter.constrained:
        return lambda text: _without_nul(text, parameter.wire)

    # A field of a struct is converted three times as fast as a type on its own.
    held = msgspec.defstruct("Held", [("value", parameter.kind)])

    def read(given: Any) -> Any:
        for text in given if parameter.many else (given,):
            _without_nul(text, parameter.wire)
        try:
            value = msgspec.convert({"value": given}, held, strict=False)
        except msgspec.ValidationError as mismatch:
            reason = str(mismatch).partition(" - at `")[0]
            raise InvalidRequest(field=parameter.wire, reason=reason) from mismatch
        return value.value  # type: ignore[attr-defined]  # a struct made at run time

    return read


def _without_nul(text: str, field: str) -> str:
    if NUL in text:
        raise InvalidRequest(field=field, reason="has a NUL character")
    return text


def _default(parameter: Parameter) -> Any:
    if parameter.required and parameter.many and parameter.place == "query":
        # An empty tuple has no trace in a query.
        try:
            return msgspec.convert((), parameter.kind)
        except msgspec.ValidationError as mismatch:
            raise InvalidRequest(field=parameter.wire, reason=str(mismatch)) from mismatch
    if parameter.required:
        raise InvalidRequest(field=parameter.wire, reason="is missing")
    return parameter.default


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    plain = msgspec.to_builtins(value)
    return ("true" if plain else "false") if isinstance(plain, bool) else str(plain)


def _pairs(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    if value is None:
        return []
    if parameter.many:
        return [(parameter.wire, _text(item)) for item in value]
    return [(parameter.wire, _text(value))]


def _form_fields(body: bytes, kind: Any) -> dict[str, Any]:
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            max_num_fields=QUERY_FIELDS_MAX,
            errors="strict",
        )
    except ValueError as mismatch:
        raise InvalidRequest(field="body", reason=f"is not a form: {mismatch}") from mismatch
    many = {field.name for field in msgspec.structs.fields(kind) if item_of(field.type) is not None}
    fields: dict[str, Any] = {}
    for name, value in pairs:
        _without_nul(value, name)
        if name in many:
            fields.setdefault(name, []).append(value)
        else:
            fields[name] = value
    return fields
