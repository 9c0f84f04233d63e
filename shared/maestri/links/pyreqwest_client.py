"""HTTP by pyreqwest, which runs reqwest's connections on a thread of its own."""

from collections.abc import AsyncGenerator, AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING

from maestri.errors import (
    CallError,
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    Faulted,
    InvalidRequest,
)
from maestri.links.http_client import (
    IDLE_S_MAX,
    HttpRequest,
    HttpResponse,
    HttpStream,
    LostBeforeResponse,
    too_large,
)

if TYPE_CHECKING:
    from pyreqwest.client import Client
    from pyreqwest.exceptions import RequestError
    from pyreqwest.request import StreamRequest
    from pyreqwest.response import Response

CONNECTING = "client error (Connect)"
BUFFER_BYTES = 65_536
"""How much of a body pyreqwest reads ahead before it hands the response over."""


class PyreqwestClient:
    """
    Send by pyreqwest: HTTP/1.1, pooled connections, no proxies, no redirects, no cookies.

    A cancelled request keeps its connection until its time is over (pyreqwest 0.15).

    Args:
        connect_s_max: How long opening a connection may take.
        idle_s_max: How long an unused connection is kept.
        idle_max: Unused connections kept per address.
    """

    def __init__(
        self, *, connect_s_max: float = 1.0, idle_s_max: float = IDLE_S_MAX, idle_max: int = 100
    ) -> None:
        from pyreqwest.exceptions import BuilderError, RequestError

        self._failure = RequestError
        self._refused = BuilderError
        self._connect_s_max = connect_s_max
        self._pooled = _client(connect_s_max, idle_s_max, idle_max)
        self._fresh: Client | None = None

    def _build(self, request: HttpRequest, buffer_bytes: int) -> "StreamRequest":
        client = self._pooled
        if request.fresh:
            self._fresh = self._fresh or _client(self._connect_s_max, idle_s_max=1.0, idle_max=0)
            client = self._fresh
        try:
            builder = client.request(request.method, request.base + request.target).headers(
                request.headers
            )
            if request.body is not None:
                builder = builder.body_bytes(request.body)
            builder = builder.timeout(timedelta(seconds=request.timeout_s))
            return builder.streamed_read_buffer_limit(buffer_bytes).build_streamed()
        except (self._refused, ValueError) as refused:
            raise InvalidRequest(field="request", reason="cannot be sent over HTTP") from refused

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Return the whole response; see HttpClient."""
        started = self._build(request, BUFFER_BYTES)
        response_begun = False
        try:
            async with started as response:
                response_begun = True
                body = await _body(response, request.bytes_max)
                return HttpResponse(response.status, response.headers, body)
        except self._failure as failure:
            raise _error_of(failure, response_begun) from failure

    async def open(self, request: HttpRequest) -> HttpStream:
        """Return the response as soon as its head is there; see HttpClient."""
        started = self._build(request, buffer_bytes=0)
        try:
            response = await started.__aenter__()
        except self._failure as failure:
            raise _error_of(failure, response_begun=False) from failure
        chunks = self._chunks(started, response, request.bytes_max)
        await anext(chunks)
        return HttpStream(response.status, response.headers, chunks)

    async def _chunks(
        self, started: "StreamRequest", response: "Response", bytes_max: int
    ) -> AsyncGenerator[bytes]:
        try:
            yield b""  # A generator that was not begun is closed without its finally.
            async for part in _parts(response, bytes_max):
                yield part
        except self._failure as failure:
            raise _error_of(failure, response_begun=True) from failure
        finally:
            await started.__aexit__(None, None, None)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pooled.close()
        if self._fresh is not None:
            await self._fresh.close()


def _client(connect_s_max: float, idle_s_max: float, idle_max: int) -> "Client":
    from pyreqwest.client import ClientBuilder

    builder = ClientBuilder().http1_only().http1_lower_case_headers().user_agent("maestri")
    builder = builder.no_proxy().follow_redirects(False).referer(False)
    builder = builder.gzip(False).brotli(False).zstd(False).deflate(False)
    builder = builder.connect_timeout(timedelta(seconds=connect_s_max))
    builder = builder.pool_idle_timeout(timedelta(seconds=idle_s_max))
    return builder.pool_max_idle_per_host(idle_max).build()


async def _body(response: "Response", bytes_max: int) -> bytes:
    length = response.get_header("content-length")
    if length is None:
        return b"".join([part async for part in _parts(response, bytes_max)])
    if int(length) > bytes_max:
        raise too_large(bytes_max)
    return bytes(await response.bytes())


async def _parts(response: "Response", bytes_max: int) -> AsyncIterator[bytes]:
    room = bytes_max
    reader = response.body_reader
    while (part := await reader.read_chunk()) is not None:
        room -= len(part)
        if room < 0:
            raise too_large(bytes_max)
        yield bytes(part)


def _error_of(failure: "RequestError", response_begun: bool) -> CallError:
    from pyreqwest.exceptions import BodyDecodeError, DecodeError, ReadError, RequestTimeoutError

    # pyreqwest calls every failure before the response a ConnectError, also a reset after sending;
    # only the causes tell whether there was a connection. If their text changed, a failure would be
    # taken for one of unknown outcome, which is the safe mistake.
    causes = [cause["message"] for cause in failure.details["causes"] or ()]
    text = causes[-1] if causes else str(failure)
    if CONNECTING in causes:
        return ConnectFailed(text)
    if isinstance(failure, RequestTimeoutError):
        return DeadlineExceeded("no response in time")
    if response_begun or isinstance(failure, (BodyDecodeError, ReadError)):
        return ConnectionLost(text)
    if isinstance(failure, DecodeError):
        return Faulted(f"did not respond in HTTP: {text}")
    return LostBeforeResponse(text)
