"""One HTTP request and its response: the seam between a link and an HTTP library."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from maestri.errors import ConnectionLost, Faulted

IDLE_S_MAX = 12.0
"""How long an unused connection is kept: less than half of the 30 s after which granian closes it,
so that neither a slow timer nor a request on its way meets a connection that is being closed."""


class LostBeforeResponse(ConnectionLost):
    """The connection broke before a response began; an idle one may simply have been stale."""


class HttpRequest(msgspec.Struct, gc=False):
    """
    What a client sends, to *base* and *target* together.

    Attributes:
        base: Scheme and host, maybe a path; another one when another replica is tried.
        timeout_s: From now until the response is read to its end.
        bytes_max: Largest body of a response.
        fresh: Whether a connection must be opened for it.
    """

    method: str
    base: str
    target: str
    headers: Sequence[tuple[str, str]]
    body: bytes | None
    timeout_s: float
    bytes_max: int
    fresh: bool = False


class HttpResponse(NamedTuple):
    """What came back. Names in *headers* are found in any case; the body is as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpStream(NamedTuple):
    """A response whose body arrives in chunks; ``chunks.aclose()`` drops the connection."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]


class HttpClient(Protocol):
    """
    Send a request and return its response; nothing is followed, decompressed, kept or retried.

    Cancelling either method closes the connection. Where a response ends with its connection, it is
    complete only if the peer closed that, over TLS with an alert (RFC 9112, section 9.8).

    Raises:
        ConnectFailed: Certainly nothing was sent.
        LostBeforeResponse: The connection broke before a status arrived.
        ConnectionLost: It broke within the response.
        DeadlineExceeded: *timeout_s* passed.
        Faulted: What came back is not HTTP, or is larger than *bytes_max*.
    """

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Return the whole response."""
        ...

    async def open(self, request: HttpRequest) -> HttpStream:
        """Return the response as soon as its head is there."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


def too_large(bytes_max: int) -> Faulted:
    """Return the error for a response with a longer body than *bytes_max*."""
    return Faulted(f"responded with more than {bytes_max} bytes")


async def body_of(stream: HttpStream, bytes_max: int) -> bytes:
    """
    Return the whole body of *stream*, and drop its connection.

    Raises:
        Faulted: It is longer than *bytes_max*.
    """
    parts: list[bytes] = []
    room = bytes_max
    try:
        async for chunk in stream.chunks:
            room -= len(chunk)
            if room < 0:
                raise too_large(bytes_max)
            parts.append(chunk)
    finally:
        if isinstance(stream.chunks, AsyncGenerator):
            await stream.chunks.aclose()
    return b"".join(parts)
