"""One HTTP request and its answer: the seam between a link and an HTTP library."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from maestri.errors import ConnectionLost, Faulted


class LostBeforeAnswer(ConnectionLost):
    """The connection broke before an answer began; a kept connection may simply have been stale."""


class HttpRequest(msgspec.Struct, gc=False):
    """
    What an exchange sends, to *base* and *target* together.

    Attributes:
        base: Scheme and host, maybe a path; another one when another replica is tried.
        timeout_s: From now until the answer is read to its end.
        bytes_max: Largest body of an answer.
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


class HttpAnswer(NamedTuple):
    """What came back. Names in *headers* are found in any case; the body is as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpStream(NamedTuple):
    """An answer whose body arrives in pieces; ``chunks.aclose()`` drops the connection."""

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]


class Exchange(Protocol):
    """
    Send a request and return its answer; nothing is followed, decompressed, kept or retried.

    Cancelling either method closes the connection.

    Raises:
        ConnectFailed: Certainly nothing was sent.
        LostBeforeAnswer: The connection broke before a status arrived.
        ConnectionLost: It broke within the answer.
        DeadlineExceeded: *timeout_s* passed.
        Faulted: What came back is not HTTP, or is larger than *bytes_max*.
    """

    async def send(self, request: HttpRequest) -> HttpAnswer:
        """Return the whole answer."""
        ...

    async def open(self, request: HttpRequest) -> HttpStream:
        """Return the answer as soon as its head is there."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


def too_large(bytes_max: int) -> Faulted:
    """Return the error for an answer with a longer body than *bytes_max*."""
    return Faulted(f"answered more than {bytes_max} bytes")
