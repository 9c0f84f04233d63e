"""Calls over HTTP, from the caller's side."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any

import msgspec

from maestri import clock
from maestri.contracts import Operation
from maestri.errors import CallError, DeadlineExceeded, NoTimeLeft
from maestri.links.calling import TOO_LATE
from maestri.links.http_client import HttpClient, HttpRequest, HttpResponse, too_large
from maestri.links.remote import RemoteLink, RemoteOptions
from maestri.links.response_decoder import OTHER, SUCCESS, ResponseDecoder
from maestri.links.transport import Attempt
from maestri.links.wire_context import context_headers, external_headers

MIB = 1024 * 1024


class HttpOptions(msgspec.Struct, frozen=True):
    """
    Bounds of what comes back over HTTP.

    Attributes:
        response_bytes_max: Largest body of a response, and of an error instead of a stream.
        stream_bytes_max: Largest body of a streamed response.
    """

    response_bytes_max: int = 16 * MIB
    stream_bytes_max: int = 256 * MIB


class HttpTransport:
    """
    Carry the calls of one component's operations, or of an external service's, as HTTP requests.

    A response is what its declared media type says, or an error: no redirect is followed, nothing
    is unpacked, no cookie is kept, and nothing is tried again. What else is not done (proxies,
    HTTP/2, options of TLS) depends on the client: see SocketClient for the one between units.

    Args:
        client: Sends the requests; shared by the transports of a unit.
        component: Name of the callee; empty for an external service and for an edge contract.
        options: Bounds.
    """

    kind = "http"

    def __init__(
        self, client: HttpClient, component: str = "", options: HttpOptions | None = None
    ) -> None:
        self._client = client
        self._component = component
        self._options = options or HttpOptions()
        self._decoders: dict[Operation, ResponseDecoder] = {}

    async def send(self, attempt: Attempt) -> Any:
        """Make one try; see Transport."""
        operation = attempt.operation
        decoder = self._decoders.get(operation) or self._decoder(operation)
        request = self._request(decoder, attempt)
        if operation.streams:
            return await self._stream(decoder, request, attempt.deadline_s)
        response = await self._client.send(request)
        try:
            return decoder.value(response, attempt.context.selection)
        except CallError as error:
            return error

    def _request(self, decoder: ResponseDecoder, attempt: Attempt) -> HttpRequest:
        method, target, own, body = decoder.codec.request(attempt.arguments)
        remaining_s = attempt.deadline_s - clock.now_s()
        if remaining_s <= 0:
            raise NoTimeLeft(TOO_LATE)
        if decoder.external:
            headers = external_headers(attempt.context)
        else:
            headers = context_headers(attempt.context, remaining_s, decoder.codec)
        headers += own
        headers += decoder.headers
        options = self._options
        bytes_max = (
            options.stream_bytes_max if attempt.operation.streams else options.response_bytes_max
        )
        return HttpRequest(
            method,
            attempt.address,
            decoder.path + target,
            headers,
            body,
            remaining_s,
            bytes_max,
            attempt.fresh,
        )

    async def _stream(
        self, decoder: ResponseDecoder, request: HttpRequest, deadline_s: float
    ) -> AsyncIterator[bytes] | CallError:
        try:
            async with clock.timeout_at(deadline_s):
                opened = await self._client.open(request)
                if SUCCESS <= opened.status < OTHER:
                    return opened.chunks
                body = await _joined(opened.chunks, self._options.response_bytes_max)
        except TimeoutError as late:
            raise DeadlineExceeded("no response in time") from late
        return decoder.error(HttpResponse(opened.status, opened.headers, body))

    def _decoder(self, operation: Operation) -> ResponseDecoder:
        decoder = self._decoders[operation] = ResponseDecoder(operation, self._component)
        return decoder


async def _joined(chunks: AsyncIterator[bytes], bytes_max: int) -> bytes:
    """Return all of an error's body: the bound of a stream is not its own."""
    parts, room = list[bytes](), bytes_max
    try:
        async for chunk in chunks:
            room -= len(chunk)
            if room < 0:
                raise too_large(bytes_max)
            parts.append(chunk)
    finally:
        if isinstance(chunks, AsyncGenerator):
            await chunks.aclose()
    return b"".join(parts)


def http_link(
    urls: str | Sequence[str],
    client: HttpClient,
    *,
    component: str = "",
    bounds: RemoteOptions | None = None,
    options: HttpOptions | None = None,
) -> RemoteLink:
    """
    Return a link over HTTP to a component, or to an external service.

    Args:
        urls: Address of the callee, or one per replica. An external service's may have a path.
        client: Sends the requests.
        component: Name of the callee; empty for an external service and for an edge contract.
        bounds: Of the calls.
        options: Bounds of what comes back.
    """
    transport = HttpTransport(client, component, options)
    return RemoteLink(urls, transport, bounds, callee=component)
