"""HTTP by any httpx transport: respx in tests, or whatever a user already has."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from maestri.errors import ConnectFailed, ConnectionLost, DeadlineExceeded, Faulted
from maestri.links.http_client import (
    HttpRequest,
    HttpResponse,
    HttpStream,
    LostBeforeResponse,
    body_of,
    too_large,
)

if TYPE_CHECKING:
    import httpx


class HttpxClient:
    """
    Send over an httpx *transport*, without httpx's own client: no redirects, no cookies.

    Args:
        transport: Where requests go. Retries and proxies are as the transport has them.
    """

    def __init__(self, transport: "httpx.AsyncBaseTransport") -> None:
        self._transport = transport

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Return the whole response; see HttpClient."""
        try:
            async with asyncio.timeout(request.timeout_s):
                opened = await self.open(request)
                body = await body_of(opened, request.bytes_max)
        except TimeoutError as late:
            raise DeadlineExceeded("no response in time") from late
        return HttpResponse(opened.status, opened.headers, body)

    async def open(self, request: HttpRequest) -> HttpStream:
        """Return the response as soon as its head is there; see HttpClient."""
        import httpx

        timeouts = httpx.Timeout(request.timeout_s).as_dict()
        headers = [*request.headers, ("accept-encoding", "identity")]
        if request.fresh:
            headers.append(("connection", "close"))
        message = httpx.Request(
            request.method,
            request.base + request.target,
            headers=headers,
            content=request.body,
            extensions={"timeout": timeouts},
        )
        with _translated(LostBeforeResponse):
            response = await self._transport.handle_async_request(message)
        chunks = _chunks(response, request.bytes_max)
        await anext(chunks)
        return HttpStream(response.status_code, response.headers, chunks)

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()


async def _chunks(response: "httpx.Response", bytes_max: int) -> AsyncGenerator[bytes]:
    room = bytes_max
    try:
        yield b""  # A generator that was not begun is closed without its finally.
        with _translated(ConnectionLost):
            async for part in response.stream:  # type: ignore[union-attr]  # it is asynchronous
                room -= len(part)
                if room < 0:
                    raise too_large(bytes_max)
                yield part
    finally:
        await response.aclose()


@contextmanager
def _translated(lost: type[ConnectionLost]) -> Generator[None]:
    import httpx

    try:
        yield
    except (
        httpx.ConnectError,
        httpx.ConnectTimeout,
        httpx.PoolTimeout,
        httpx.UnsupportedProtocol,
    ) as failure:
        raise ConnectFailed(str(failure) or type(failure).__name__) from failure
    except httpx.TimeoutException as failure:
        raise DeadlineExceeded("no response in time") from failure
    except (httpx.RemoteProtocolError, httpx.LocalProtocolError) as failure:
        # httpx has one class for a peer that went away and for one that does not speak HTTP.
        gone = "disconnected" in str(failure) or "closed connection" in str(failure)
        raise (lost if gone else Faulted)(str(failure)) from failure
    except httpx.TransportError as failure:
        raise lost(str(failure) or type(failure).__name__) from failure
