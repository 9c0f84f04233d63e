"""A call over HTTP, from the caller's side."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from typing import Any

import msgspec

from maestri import clock
from maestri.context import Context
from maestri.contracts import Operation
from maestri.errors import (
    ConnectionLost,
    DeadlineExceeded,
    NotExecuted,
    NoTimeLeft,
)
from maestri.links.bulkhead import Bulkhead
from maestri.links.failover import send_with_failover
from maestri.links.replicas import Replicas
from maestri.links.response_decoder import OTHER, SUCCESS, ResponseDecoder
from maestri.links.transport import HttpRequest, HttpResponse, Transport
from maestri.links.wire_context import context_headers, external_headers

MIB = 1024 * 1024


class HttpOptions(msgspec.Struct, frozen=True):
    """
    Bounds of the calls to one callee.

    Attributes:
        calls_max: Calls, and so connections, at once.
        waiting_max: Calls that may wait for one of those to end; more are refused as Overloaded.
        wait_s_max: How long one of them waits at most.
        response_bytes_max: Largest body of a response.
        stream_bytes_max: Largest body of a streamed response.
    """

    calls_max: int = 100
    waiting_max: int = 200
    wait_s_max: float = 1.0
    response_bytes_max: int = 16 * MIB
    stream_bytes_max: int = 256 * MIB


class HttpLink:
    """
    Call a component, or an external service, over HTTP.

    A call that certainly did not arrive goes to another replica at once; one that was lost before
    its response began is sent once more, over a fresh connection and to another replica if there is
    one, if its operation is idempotent.
    Nothing else is retried here.

    Args:
        urls: Address of the callee, or one per replica. An external service's may have a path.
        transport: Sends the requests; shared by the links of a unit.
        component: Name of the callee; empty for an external service and for an edge contract.
        options: Bounds.
    """

    kind = "http"

    def __init__(
        self,
        urls: str | Sequence[str],
        transport: Transport,
        *,
        component: str = "",
        options: HttpOptions | None = None,
    ) -> None:
        self.replicas = Replicas([urls] if isinstance(urls, str) else urls)
        self.component = component
        self.options = options or HttpOptions()
        self._transport = transport
        self._bulkhead = Bulkhead(
            self.options.calls_max, self.options.waiting_max, self.options.wait_s_max
        )
        self._decoders: dict[Operation, ResponseDecoder] = {}

    async def send(self, operation: Operation, arguments: tuple[Any, ...], context: Context) -> Any:
        """Carry one call; see Link. Nothing is sent after the deadline."""
        decoder = self._decoders.get(operation) or self._decoder(operation)
        method, target, own, body = decoder.codec.request(arguments)
        await self._bulkhead.acquire(context.deadline_s)
        streaming = False
        try:
            remaining_s = context.deadline_s - clock.now_s()
            if remaining_s <= 0:
                raise NoTimeLeft("the deadline passed before the call was sent")
            if decoder.external:
                headers = external_headers(context)
            else:
                headers = context_headers(context, remaining_s, decoder.codec)
            headers += own
            headers += decoder.headers
            bytes_max = self._bytes_max(operation)
            request = HttpRequest(
                method, "", decoder.path + target, headers, body, remaining_s, bytes_max
            )
            if operation.streams:
                stream = await self._open_stream(decoder, request, context.deadline_s)
                streaming = True
                return stream
            response, lost = await send_with_failover(
                request,
                self.replicas,
                self._transport.send,
                deadline_s=context.deadline_s,
                idempotent=operation.idempotent,
            )
        finally:
            if not streaming:
                self._bulkhead.release()
        try:
            return decoder.value(response, context.selection)
        except NotExecuted as refused:
            if lost:
                # The second try did nothing, but nobody knows about the first.
                raise ConnectionLost("lost, and then refused") from refused
            raise

    def _bytes_max(self, operation: Operation) -> int:
        options = self.options
        return options.stream_bytes_max if operation.streams else options.response_bytes_max

    async def _open_stream(
        self, decoder: ResponseDecoder, request: HttpRequest, deadline_s: float
    ) -> "ResponseStream":
        try:
            async with clock.timeout_at(deadline_s):
                opened, _ = await send_with_failover(
                    request,
                    self.replicas,
                    self._transport.open,
                    deadline_s=deadline_s,
                    idempotent=decoder.operation.idempotent,
                )
                if SUCCESS <= opened.status < OTHER:
                    return ResponseStream(opened.chunks, deadline_s, self._bulkhead.release)
                body = b"".join([chunk async for chunk in opened.chunks])
        except TimeoutError as late:
            raise DeadlineExceeded("no response in time") from late
        raise decoder.error(HttpResponse(opened.status, opened.headers, body))

    def _decoder(self, operation: Operation) -> ResponseDecoder:
        decoder = self._decoders[operation] = ResponseDecoder(operation, self.component)
        return decoder


class ResponseStream:
    """The bytes of a streamed response; when it ends or is dropped, its place becomes free."""

    def __init__(
        self, chunks: AsyncIterator[bytes], deadline_s: float, release: Callable[[], None]
    ) -> None:
        self._chunks = chunks
        self._deadline_s = deadline_s
        self._release: Callable[[], None] | None = release

    def __aiter__(self) -> "ResponseStream":
        return self

    async def __anext__(self) -> bytes:
        """Return the next chunk before the deadline of the call."""
        try:
            async with clock.timeout_at(self._deadline_s):
                return await anext(self._chunks)
        except TimeoutError as late:
            await self.aclose()
            raise DeadlineExceeded("the response did not end in time") from late
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Drop the rest of the response and its connection."""
        self._end()
        if isinstance(self._chunks, AsyncGenerator):
            await self._chunks.aclose()

    def _end(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            release()

    def __del__(self) -> None:
        self._end()
