"""One operation at its HTTP address: decode once, invoke, encode once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from urllib.parse import unquote_to_bytes

import msgspec

from maestri import clock
from maestri.context import Context, Recorder, id_text, new_span_id, use_context
from maestri.contracts import Operation, ReceivedRequest, codec_of
from maestri.errors import (
    CallError,
    ConnectionLost,
    DeadlineExceeded,
    Faulted,
    InvalidRequest,
    NoTimeLeft,
    OutcomeUnknown,
    Overloaded,
    PayloadTooLarge,
)
from maestri.links import Invoker, received_context
from maestri.server.error_pages import HTML, ErrorPages, encoded_page, failed_request, plain_page
from maestri.server.in_flight import InFlight, InFlightRequest
from maestri.server.request_counts import RequestCounts
from maestri.server.responses import (
    REQUEST_TIMEOUT,
    EncodedResponse,
    ResponseEncoder,
    encoded_error,
)
from maestri.server.routes import Receive, Scope, Send, header_map, send_response

log = logging.getLogger("maestri.http")

DISCARDED_BYTES_MAX = 32 * 1024 * 1024
GONE = "gone"
GONE_S = 0.005

_Outcome = tuple[str, EncodedResponse | None]
"""What a span says of a request, and the response that is still to be sent."""


class HandlerOptions(msgspec.Struct, frozen=True):
    """
    What the operations of one server share.

    Attributes:
        in_flight: The requests in work.
        recorder: Where spans and counts go.
        body_bytes_max: Largest body of a request.
        edge_timeout_s: Time that a client's request may take, unless its operation declares one.
        timeout_s: Time that an internal call may take if its caller does not say.
    """

    in_flight: InFlight
    recorder: Recorder
    body_bytes_max: int
    edge_timeout_s: float
    timeout_s: float


class OperationHandler:
    """
    Serve one operation of *invoker* to HTTP requests.

    Attributes:
        counts: What was requested so far.
    """

    def __init__(self, operation: Operation, invoker: Invoker, options: HandlerOptions) -> None:
        self.operation = operation
        self.invoker = invoker
        self.options = options
        self.edge: bool = operation.contract.edge
        self.counts = RequestCounts()
        self._codec = codec_of(operation)
        self._encoder = ResponseEncoder(operation, self._codec)
        pages = invoker.implementation
        is_page = self.edge and operation.options.get("media_type") == HTML
        self._pages = pages if is_page and isinstance(pages, ErrorPages) else None
        default_s = options.edge_timeout_s if self.edge else options.timeout_s
        self._timeout_s = operation.options.get("timeout_s", default_s)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        request = _Request(scope, receive, send)
        span_id, began_ns = new_span_id() if self.edge else 0, clock.perf_ns()
        if self.edge:
            request.id = id_text(span_id)
        outcome, response = "cancelled", None
        try:
            outcome, response = await self._outcome(request, span_id)
            if response is not None:
                await send_response(send, response)
        finally:
            ended_ns = clock.perf_ns()
            self.counts.add(outcome, ended_ns - began_ns)
            if self.edge:
                self.options.recorder.add(
                    (request.id, span_id, 0, "serve", self.operation.id,
                         self.invoker.component, began_ns, ended_ns, outcome, "")
                )  # fmt: skip

    async def _outcome(self, request: "_Request", span_id: int) -> _Outcome:
        # No variable here holds an error: its traceback leads to this frame, and the circle would
        # keep the request, and what the server knows of it, until the collector comes.
        return await self._concluded(await self._result(request, span_id), request)

    async def _result(self, request: "_Request", span_id: int) -> _Outcome | CallError:
        """Do the work; return its outcome, or why there is none."""
        entry: InFlightRequest | None = None
        receive, headers = request.receive, request.headers
        try:
            context = request.context = self._context(headers, span_id)
            entry = self.options.in_flight.enter(receive, context.deadline_s, edge=self.edge)
            request.entered = True
            body = await self._body(receive, headers) if self._codec.has_body else b""
            entry.received = True
            await self._refuse_late(receive, context)
            entry.working = True
            received = ReceivedRequest(
                _decoded(request.scope["path_params"]),
                request.scope["query_string"],
                headers,
                body,
            )
            value = await self.invoker.invoke(
                self.operation, self._codec.arguments(received), context
            )
            if self.operation.streams:
                return await self._streamed(value, request.send, context), None
            return "ok", self._encoder.encoded(value, context.selection, headers, request.id)
        except CallError as error:
            return error
        except asyncio.CancelledError:
            if entry is None or not entry.cancel_reason:
                raise
            return _cancelled_error(entry)
        except Exception:
            log.exception("%s: the response could not be made", self.operation.id)
            return Faulted("the response could not be made", operation=self.operation.id)
        finally:
            if entry is not None:
                self.options.in_flight.leave(entry)

    async def _concluded(self, result: _Outcome | CallError, request: "_Request") -> _Outcome:
        """Return *result* with its response: that of an error is a problem, or a page."""
        if not isinstance(result, CallError):
            return result
        if isinstance(result, ClientGone):
            return "cancelled", None
        encoded = encoded_error(result, self.operation, request.id)
        if self._pages is None or request.context is None:
            return result.code, encoded
        if isinstance(result, Overloaded) and not request.entered:
            return result.code, plain_page(result, request.id)
        failed = failed_request(result, encoded.status, request.scope, request.headers)
        return result.code, await encoded_page(self._pages, failed, request.context, encoded)

    def _context(self, headers: Mapping[str, str], span_id: int) -> Context:
        component, recorder = self.invoker.component, self.options.recorder
        if self.edge:
            return Context(
                clock.now_s() + self._timeout_s,
                id_text(span_id),
                span_id,
                component=component,
                recorder=recorder,
            )
        context = received_context(headers, self._codec, component, recorder, self._timeout_s)
        if context.deadline_s <= clock.now_s():
            raise NoTimeLeft("arrived after its deadline")
        return context

    async def _refuse_late(self, receive: Receive, context: Context) -> None:
        """Begin no command that its caller may have given up while the loop was blocked."""
        if self.operation.safe:
            return
        waited_s = self.options.in_flight.lag.waited_s_max()
        if not waited_s:
            return
        if context.deadline_s - waited_s <= clock.now_s():
            raise NoTimeLeft(f"may have waited for {waited_s:.1f} s before it could be begun")
        # Whether the client has gone is known after a moment.
        told = asyncio.ensure_future(receive())
        await asyncio.wait([told], timeout=GONE_S)
        if not told.done():
            told.cancel()
        elif told.result()["type"] == "http.disconnect":
            raise ClientGone("the client left before its command was begun")

    async def _body(self, receive: Receive, headers: Mapping[str, str]) -> bytes:
        bytes_max = self.options.body_bytes_max
        declared = headers.get("content-length", "")
        too_long = declared.isdecimal() and int(declared) > bytes_max
        if too_long and int(declared) > DISCARDED_BYTES_MAX:
            raise PayloadTooLarge(bytes_max=bytes_max)
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone("the client left before its request was complete")
            part = message.get("body", b"")
            size += len(part)
            # A client that is still sending may not see a response: read the rest, up to a bound.
            if size > DISCARDED_BYTES_MAX:
                raise PayloadTooLarge(bytes_max=bytes_max)
            if size <= bytes_max and not too_long:
                parts.append(part)
            if not message.get("more_body", False):
                break
        if size > bytes_max:
            raise PayloadTooLarge(bytes_max=bytes_max)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def _streamed(self, value: AsyncIterator[bytes], send: Send, context: Context) -> str:
        chunks = aiter(value)
        begun = False
        try:
            with use_context(context):
                # The first chunk is waited for, so that an error before it is sent as one.
                chunk = await anext(chunks, None)
                headers = self._encoder.stream_headers(context.request_id)
                begun = True
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                while chunk is not None:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                    # Sending to a client that left returns at once; the watcher needs its turn.
                    await clock.sleep(0)
                    chunk = await anext(chunks, None)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (Exception, asyncio.CancelledError) as failure:
            if not begun:
                raise
            # Ending without a last chunk tells the client that the response is cut short.
            # A record that somebody keeps does not keep the error, and so the request.
            log.warning("%s: the stream ended early: %s", self.operation.id, repr(failure))
            return failure.code if isinstance(failure, CallError) else "faulted"
        finally:
            close = getattr(chunks, "aclose", None)
            if close is not None:
                await close()
        return "ok"


class _Request:
    """One request on its way through a handler."""

    __slots__ = ("context", "entered", "headers", "id", "receive", "scope", "send")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.receive = receive
        self.send = send
        self.headers: Mapping[str, str] = header_map(scope["headers"])
        self.id = ""
        self.context: Context | None = None
        self.entered = False


class ClientGone(ConnectionLost):
    """The client went away; nobody is left to answer."""


class RequestTimeout(NoTimeLeft):
    """The client sent its request too slowly. The callee did nothing; it may be sent again."""

    status = REQUEST_TIMEOUT
    title = "The request did not arrive in time. Nothing was done; send it again."


def _cancelled_error(entry: InFlightRequest) -> CallError:
    if entry.cancel_reason == GONE:
        return ClientGone("the client left")
    if entry.cancel_reason == "shutdown":
        return OutcomeUnknown("the server stopped")
    if entry.working:
        return DeadlineExceeded("the work was not done in time")
    if entry.received:
        return NoTimeLeft("the time was over before the work could begin")
    return RequestTimeout("the request did not arrive in time")


def _decoded(path: Mapping[str, str]) -> Mapping[str, str]:
    for text in path.values():
        if "%" in text:
            break
    else:
        return path
    try:
        return {name: unquote_to_bytes(text).decode() for name, text in path.items()}
    except UnicodeDecodeError as mismatch:
        raise InvalidRequest(field="path", reason="is not UTF-8") from mismatch
