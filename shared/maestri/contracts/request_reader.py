"""The callee's side of a request: read, and refused where it does not fit."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from maestri.contracts.form_reader import FormReader
from maestri.contracts.operation import Operation
from maestri.contracts.options import JSON
from maestri.contracts.request_text import (
    left_out,
    parse_cookies,
    query_fields,
    reader_of,
    single,
    without_dots,
)
from maestri.contracts.request_writer import invalid, refuse_flaws, refuse_many_keys
from maestri.contracts.unknown_fields import unknown_field
from maestri.errors import InvalidRequest, UnsupportedMediaType

_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

FORM = "application/x-www-form-urlencoded"


class ReceivedRequest(NamedTuple):
    """What a server received: path parameters decoded, header names in lower case."""

    path: Mapping[str, str]
    query: bytes
    headers: Mapping[str, str]
    body: bytes


class RequestReader:
    """
    Read the requests of one operation.

    At the edge, what the operation does not know is refused: query parameters (unless it is
    hidden, as pages are), fields of a form, fields of a body in whatever message.
    """

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.edge: bool = operation.contract.edge
        self.body_kind, self._whole = _body_kind(operation)
        is_form = self._whole is not None and operation.parameters[self._whole].place == "form"
        self._form = FormReader(self.body_kind, strict=self.edge).read if is_form else None
        indexed = list(enumerate(operation.parameters))
        self._path = [(i, p) for i, p in indexed if p.place == "path"]
        self._query = [(i, p) for i, p in indexed if p.place == "query"]
        self._headers = [(i, p) for i, p in indexed if p.place == "header"]
        self._cookies = [(i, p) for i, p in indexed if p.place == "cookie"]
        self._fields = [(i, p) for i, p in indexed if p.place == "field"]
        self._readers = [reader_of(p, strict=self.edge) for p in operation.parameters]
        self._decoder = None if self.body_kind is None else msgspec.json.Decoder(self.body_kind)

    @property
    def expected(self) -> str:
        """Media type of the request's body."""
        return JSON if self._form is None else FORM

    def arguments(self, received: ReceivedRequest) -> tuple[Any, ...]:
        """Return the arguments of a call, in the order of the signature."""
        found: dict[int, Any] = {}
        for i, p in self._path:
            found[i] = self._readers[i](without_dots(received.path[p.name], p.wire))
        if self._query or (self.edge and received.query):
            self._read_query(received.query, found)
        for i, p in self._headers:
            if p.wire in received.headers:
                found[i] = self._readers[i](received.headers[p.wire])
        if self._cookies:
            cookies = parse_cookies(received.headers.get("cookie", ""))
            for i, p in self._cookies:
                if p.wire in cookies:
                    read = self._readers[i] if p.many else _first_of(self._readers[i])
                    found[i] = read(cookies[p.wire])
        if self.body_kind is not None:
            self._read_body(received, found)
        arguments = tuple(
            [
                found[i] if i in found else left_out(p)
                for i, p in enumerate(self.operation.parameters)
            ]
        )
        refuse_flaws(self.operation, arguments)
        if self.operation.batch_of is not None:
            refuse_many_keys(self.operation, arguments[self.operation.key_index])
        return arguments

    def _read_query(self, query: bytes, found: dict[int, Any]) -> None:
        values = query_fields(query, "query")
        for i, p in self._query:
            if p.wire in values:
                given = values.pop(p.wire)
                found[i] = self._readers[i](given if p.many else single(given, p.wire))
        if values and self.edge and not self.operation.options.get("hidden"):
            raise InvalidRequest(
                field=next(iter(values)), reason="is not a parameter of this operation"
            )

    def _read_body(self, received: ReceivedRequest, found: dict[int, Any]) -> None:
        media_type = (
            received.headers.get("content-type", self.expected).partition(";")[0].strip().lower()
        )
        if media_type != self.expected:
            raise UnsupportedMediaType(expected=self.expected)
        try:
            value = self._json(received.body) if self._form is None else self._form(received.body)
        except (msgspec.MsgspecError, ValueError, RecursionError) as mismatch:
            raise invalid(mismatch, "body") from mismatch
        if self._whole is not None:
            found[self._whole] = value
        else:
            found.update({i: getattr(value, p.name) for i, p in self._fields})

    def _json(self, body: bytes) -> Any:
        assert self._decoder is not None, "there is a body to read"
        if not body or body.isspace():
            raise InvalidRequest(field="body", reason="is empty")
        if _ESCAPED_NUL.search(body):
            # In a field that is dropped, too: nobody sends it but to try something.
            raise InvalidRequest(field="body", reason="has a NUL character")
        if self.edge:
            unknown = unknown_field(msgspec.json.decode(body), self.body_kind)
            if unknown is not None:
                raise InvalidRequest(field=unknown, reason="is not known to this operation")
        return self._decoder.decode(body)


def _body_kind(operation: Operation) -> tuple[Any, int | None]:
    """Return the type of the body, None without one, and which parameter it is if it is one."""
    for index, parameter in enumerate(operation.parameters):
        if parameter.place in {"body", "form"}:
            return parameter.kind, index
    fields = [parameter for parameter in operation.parameters if parameter.place == "field"]
    if not fields:
        return None, None
    specified = [
        (p.name, p.kind, msgspec.field(name=p.wire))
        if p.required
        else (p.name, p.kind, msgspec.field(name=p.wire, default=p.default))
        for p in fields
    ]
    return msgspec.defstruct(f"{operation.name}_body", specified, kw_only=True), None


def _first_of(read: Callable[[Any], Any]) -> Callable[[list[str]], Any]:
    """Return a function of several texts to the value of the first that *read* does not refuse."""

    def first(texts: list[str]) -> Any:
        for text in texts[:-1]:
            with suppress(InvalidRequest):
                return read(text)
        return read(texts[-1])

    return first
