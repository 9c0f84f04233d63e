"""HTTP by any httpx transport: respx in tests, or whatever a user already has."""

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from maestri.errors import ConnectFailed, ConnectionLost, DeadlineExceeded, Faulted
from maestri.links.exchange import HttpAnswer, HttpRequest, HttpStream, LostBeforeAnswer, too_large

if TYPE_CHECKING:
    import httpx


class HttpxExchange:
    """
    Exchange by *transport*, without httpx's client: no pool of its own, no redirects, no cookies.

    Args:
        transport: Where requests go. Retries and proxies are as the transport has them.
    """

    def __init__(self, transport: "httpx.AsyncBaseTransport") -> None:
        self._transport = transport

    async def send(self, request: HttpRequest) -> HttpAnswer:
        """Return the whole answer; see Exchange."""
        try:
            async with asyncio.timeout(request.timeout_s):
                opened = await self.open(request)
                parts = [part async for part in opened.chunks]
        except TimeoutError as late:
            raise DeadlineExceeded("no answer in time") from late
        return HttpAnswer(opened.status, opened.headers, b"".join(parts))

    async def open(self, request: HttpRequest) -> HttpStream:
        """Return the answer as soon as its head is there; see Exchange."""
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
        with _translated(LostBeforeAnswer):
            answer = await self._transport.handle_async_request(message)
        return HttpStream(answer.status_code, answer.headers, _chunks(answer, request.bytes_max))

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()


async def _chunks(answer: "httpx.Response", bytes_max: int) -> AsyncIterator[bytes]:
    room = bytes_max
    try:
        with _translated(ConnectionLost):
            async for part in answer.stream:  # type: ignore[union-attr]  # it is asynchronous
                room -= len(part)
                if room < 0:
                    raise too_large(bytes_max)
                yield part
    finally:
        await answer.aclose()


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
        raise DeadlineExceeded("no answer in time") from failure
    except (httpx.RemoteProtocolError, httpx.LocalProtocolError) as failure:
        # httpx has one class for a peer that went away and for one that does not speak HTTP.
        gone = "disconnected" in str(failure) or "closed connection" in str(failure)
        raise (lost if gone else Faulted)(str(failure)) from failure
    except httpx.TransportError as failure:
        raise lost(str(failure) or type(failure).__name__) from failure
