"""Responses and problems as HTTP, from the callee's side."""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from maestri.contracts import (
    JSON,
    PROBLEM_JSON,
    PROBLEM_TYPES,
    Codec,
    Operation,
    Problem,
    Reply,
    Selection,
    is_json,
    left_out_field,
    problem_of,
)
from maestri.errors import CallError, Faulted

Headers = list[tuple[bytes, bytes]]

OK = 200
NO_CONTENT = 204
NOT_MODIFIED = 304
REQUEST_TIMEOUT = 408
INTERNAL_SERVER_ERROR = 500
SERVICE_UNAVAILABLE = 503
RETRY_AFTER_S = b"1"
NOSNIFF = (b"x-content-type-options", b"nosniff")
PAGE_POLICY = (
    b"default-src 'self'; base-uri 'self'; form-action 'self'"
    b"; frame-ancestors 'none'; object-src 'none'"
)
IMAGE_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"
POLICIES = {"text/html": PAGE_POLICY, "image/svg+xml": IMAGE_POLICY}


class EncodedResponse(NamedTuple):
    """A whole response, ready to be sent."""

    status: int
    headers: Headers
    body: bytes


class ResponseEncoder:
    """
    Encode the responses of one operation.

    At the edge a response also gets its request's id, ``nosniff``, a caching rule and, where the
    operation declares it, an ETag; pages and images get a content security policy. A header that
    the operation's ``Reply`` names is sent as it says.
    """

    def __init__(self, operation: Operation, codec: Codec) -> None:
        self.operation = operation
        self.codec = codec
        self.edge = operation.contract.edge
        self.media_type = operation.options.get("media_type", JSON)
        self._raw = not is_json(self.media_type)
        self._empty = operation.result is type(None)
        self._etag = self.edge and operation.options.get("etag", False) and operation.safe
        self._kept = self._etag or "max_age_s" in operation.options
        self._left_out = left_out_field(operation.result) if self._kept else None
        content_type = self.media_type
        if content_type.startswith("text/"):
            content_type += "; charset=utf-8"
        self._content_type = (b"content-type", content_type.encode())
        self._edge_headers = self._static_edge_headers() if self.edge else []

    def _static_edge_headers(self) -> Headers:
        headers: Headers = [NOSNIFF]
        policy = POLICIES.get(self.media_type)
        if policy is not None:
            headers += [(b"content-security-policy", policy), (b"referrer-policy", b"same-origin")]
        # What depends on who asks is kept by nobody else.
        telling = {
            "cookie" if parameter.place == "cookie" else parameter.wire
            for parameter in self.operation.parameters
            if parameter.place in {"cookie", "header"}
        }
        max_age_s = self.operation.options.get("max_age_s")
        if max_age_s is not None:
            headers.append((b"cache-control", b"public, max-age=%d" % max_age_s))
        elif not self._etag:
            headers.append((b"cache-control", b"no-store"))
        else:
            headers.append((b"cache-control", b"private, no-cache" if telling else b"no-cache"))
        if telling:
            headers.append((b"vary", ", ".join(sorted(telling)).encode()))
        return headers

    def encoded(
        self, value: Any, selection: Selection | None, received: Mapping[str, str], request_id: str
    ) -> EncodedResponse:
        """Return the response for *value*; 304 without a body if the client has it already."""
        status = OK
        own: tuple[tuple[str, str], ...] = ()
        if isinstance(value, Reply):
            value, status, own = value.value, value.status, value.headers
        if self._empty and value is None:
            body = b""
            status = NO_CONTENT if status == OK else status
        else:
            body = self._body(value, selection)
        if not self.edge:
            return EncodedResponse(status, [] if self._empty else [self._content_type], body)
        headers = self.edge_headers(request_id, own)
        whole = status == OK and not (self._left_out and getattr(value, self._left_out))
        if self._etag and whole:
            etag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
            headers.append((b"etag", etag.encode()))
            if _has(received.get("if-none-match", ""), etag):
                return EncodedResponse(NOT_MODIFIED, headers, b"")
        elif self._kept and not whole:
            headers = [
                (name, b"no-store" if name == b"cache-control" else given)
                for name, given in headers
            ]
        if not self._empty and not any(name.lower() == "content-type" for name, _ in own):
            headers.append(self._content_type)
        return EncodedResponse(status, headers, body)

    def edge_headers(self, request_id: str, own: tuple[tuple[str, str], ...] = ()) -> Headers:
        """Return the headers of a response at the edge; those in *own* win."""
        headers = [(b"x-request-id", request_id.encode())]
        if not own:
            return headers + self._edge_headers
        given = [(name.lower().encode(), text.encode("latin-1")) for name, text in own]
        names = {name for name, _ in given}
        return headers + [pair for pair in self._edge_headers if pair[0] not in names] + given

    def stream_headers(self, request_id: str) -> Headers:
        """Return the headers of a streamed response."""
        return [self._content_type, *(self.edge_headers(request_id) if self.edge else [])]

    def _body(self, value: Any, selection: Selection | None) -> bytes:
        if not self._raw:
            return self.codec.body(value, selection)
        if not isinstance(value, self.operation.result):
            raise TypeError(f"{self.media_type} of {self.operation.result}, not {type(value)}")
        return value.encode() if isinstance(value, str) else bytes(value)


def _has(header: str, etag: str) -> bool:
    if not header:
        return False
    given = {part.strip().removeprefix("W/") for part in header.split(",")}
    return etag in given or "*" in given


def encoded_error(
    error: CallError, operation: Operation | None, request_id: str
) -> EncodedResponse:
    """
    Return the problem details of *error*.

    At the edge (a *request_id* is given) the problem names the request, and a fault of the edge
    component itself is a 500; one below it is a 502.
    """
    problem = problem_of(error, request_id)
    status = error.status
    if (
        request_id
        and isinstance(error, Faulted)
        and operation is not None
        and error.operation == operation.id
    ):
        status = INTERNAL_SERVER_ERROR
        problem = msgspec.structs.replace(
            problem, status=status, title="This request could not be handled."
        )
    return encoded_problem(problem, request_id)


def headers_of(status: int) -> Headers:
    """Return what an error of *status* tells in headers: when to come again, what to close."""
    if status == SERVICE_UNAVAILABLE:
        return [(b"retry-after", RETRY_AFTER_S)]
    # Whoever has not sent all of its request has no use for the connection (RFC 9110, 15.5.9).
    return [(b"connection", b"close")] if status == REQUEST_TIMEOUT else []


def encoded_problem(
    problem: Problem, request_id: str, more: Headers | None = None
) -> EncodedResponse:
    """Return *problem* as a response."""
    headers = [(b"content-type", PROBLEM_JSON.encode()), *(more or ())]
    if request_id:
        headers += [
            (b"x-request-id", request_id.encode()),
            (b"cache-control", b"no-store"),
            NOSNIFF,
        ]
    headers += headers_of(problem.status)
    return EncodedResponse(problem.status, headers, msgspec.json.encode(problem))


def plain_problem(status: int, code: str, title: str) -> Problem:
    """Return a problem of the server itself, such as an address where nothing is."""
    return Problem(type=PROBLEM_TYPES + code, title=title, status=status)
