"""One HTTP request and its response: the seam between a link and an HTTP library."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from maestri.errors import ConnectionLost, Faulted


class LostBeforeResponse(ConnectionLost):
    """The connection broke before a response began; an idle one may simply have been stale."""


class HttpRequest(msgspec.Struct, gc=False):
    """
    What a transport sends, to *base* and *target* together.

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


class Transport(Protocol):
    """
    Send a request and return its response; nothing is followed, decompressed, kept or retried.

    Cancelling either method closes the connection.

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
