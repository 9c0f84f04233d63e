"""Errors as pages, where the client is a person."""

import html
import logging
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import msgspec

from maestri import clock
from maestri.context import Context, Recorder, id_text, new_span_id, use_context
from maestri.contracts import parse_cookies
from maestri.errors import CallError, Overloaded, Rejected
from maestri.server.in_flight import InFlight
from maestri.server.responses import (
    NOSNIFF,
    PAGE_POLICY,
    EncodedResponse,
    Headers,
    headers_of,
)
from maestri.server.routes import Receive, Scope, Send, header_map, not_found, send_response

log = logging.getLogger("maestri.http")

HTML = "text/html"
NOT_FOUND = 404


class FailedRequest(msgspec.Struct, frozen=True):
    """
    A person's request that fails.

    Attributes:
        status: Of the response.
        error: Why; what may be shown of it is its title and its fields.
        method: As sent.
        target: Path and query, as sent.
        cookies: Values by name, as sent.
    """

    status: int
    error: CallError
    method: str
    target: str
    cookies: Mapping[str, Sequence[str]]


@runtime_checkable
class ErrorPages(Protocol):
    """
    An implementation whose operations of media type ``text/html`` also fail in HTML.

    The server asks it wherever it would send problem details: when arguments do not fit, when an
    error leaves an operation, when the time is over, and, for clients that accept HTML, where there
    is nothing. Calls that it makes see the request's deadline, which may have passed.
    """

    async def error_page(self, failed: FailedRequest) -> str:
        """Return the page; if this fails, the client gets problem details after all."""
        ...


async def encoded_page(
    pages: ErrorPages, failed: FailedRequest, context: Context, fallback: EncodedResponse
) -> EncodedResponse:
    """Return the page of *failed* as a response; *fallback* if there is none."""
    try:
        with use_context(context):
            page = await pages.error_page(failed)
    except Exception:
        log.exception("the error page could not be made; request %s", context.request_id)
        return fallback
    headers = _headers(failed.status, context.request_id)
    return EncodedResponse(failed.status, headers, page.encode())


def plain_page(error: CallError, request_id: str) -> EncodedResponse:
    """Return a page that costs nothing to make: for when there is too much to do already."""
    text = html.escape(error.title)
    page = f"<!doctype html><meta charset=utf-8><title>{text}</title><h1>{text}</h1>"
    return EncodedResponse(error.status, _headers(error.status, request_id), page.encode())


def _headers(status: int, request_id: str) -> Headers:
    return [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"x-request-id", request_id.encode()),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", PAGE_POLICY),
        (b"referrer-policy", b"same-origin"),
        NOSNIFF,
        *headers_of(status),
    ]


def failed_request(
    error: CallError, status: int, scope: Mapping[str, object], headers: Mapping[str, str]
) -> FailedRequest:
    """Return what a page may know of a request that came with *scope*."""
    query = scope["query_string"]
    assert isinstance(query, bytes)
    target = f"{scope['path']}?{query.decode('latin-1')}" if query else str(scope["path"])
    cookies = parse_cookies(headers.get("cookie", ""))
    return FailedRequest(status, error, str(scope["method"]), target, cookies)


class NotFoundHandler:
    """
    Handle a request where there is nothing: with a page if its client accepts HTML.

    Args:
        pages: Makes the page.
        component: Whose implementation that is, for the record.
        in_flight: Bounds it, as any request.
        recorder: Where spans go.
        timeout_s: Time that the page may take.
    """

    def __init__(
        self,
        pages: ErrorPages,
        component: str,
        in_flight: InFlight,
        recorder: Recorder,
        timeout_s: float,
    ) -> None:
        self._pages = pages
        self._component = component
        self._in_flight = in_flight
        self._recorder = recorder
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        headers = header_map(scope["headers"])
        if scope["method"] not in {"GET", "HEAD"} or HTML not in headers.get("accept", ""):
            await send_response(send, not_found())
            return
        span_id = new_span_id()
        context = Context(
            clock.now_s() + self._timeout_s,
            id_text(span_id),
            span_id,
            component=self._component,
            recorder=self._recorder,
        )
        await send_response(send, await self._page(scope, receive, headers, context))

    async def _page(
        self, scope: Scope, receive: Receive, headers: Mapping[str, str], context: Context
    ) -> EncodedResponse:
        began_ns = clock.perf_ns()
        fallback = not_found()
        error = Rejected.unknown("not_found", NOT_FOUND, "There is nothing at this address.")
        try:
            entry = self._in_flight.enter(receive, context.deadline_s, edge=True)
        except Overloaded as failure:
            return plain_page(failure, context.request_id)
        try:
            failed = failed_request(error, NOT_FOUND, scope, headers)
            return await encoded_page(self._pages, failed, context, fallback)
        finally:
            self._in_flight.leave(entry)
            self._recorder.add(
                (context.request_id, context.span_id, 0, "serve", error.code,
                     self._component, began_ns, clock.perf_ns(), error.code, "")
            )  # fmt: skip
