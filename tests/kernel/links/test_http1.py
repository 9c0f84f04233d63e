"""A response means the same however it is cut into chunks, and nothing unclear is believed."""

import pytest

from maestri.errors import Faulted
from maestri.links.http1 import HEAD_BYTES_MAX, ResponseReader

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\nx-a: 2\r\n\r\nhello"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    b"2;ext=1\r\nhe\r\n03\r\nllo\r\n0\r\ntrailer: x\r\n\r\n"
)
INTERIM = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" + PLAIN


@pytest.mark.parametrize("sent", [PLAIN, CHUNKED, INTERIM], ids=["length", "chunks", "interim"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
def test_a_response_is_read_from_any_chunks(sent: bytes, size: int) -> None:
    """Where the network cuts a response does not matter."""
    reader = ResponseReader(bytes_max=100)
    for start in range(0, len(sent), size):
        assert not reader.complete
        reader.feed(sent[start : start + size])

    assert (200, b"hello", True, True) == (
        reader.status,
        b"".join(reader.chunks),
        reader.complete,
        reader.reusable,
    )


def test_headers_of_one_name_are_joined() -> None:
    """Names are found in lower case, and equal ones are one list."""
    reader = ResponseReader(bytes_max=100)
    reader.feed(PLAIN)

    assert "1, 2" == reader.headers["x-a"]


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\ncontent-length: 10\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    ],
)
def test_a_response_can_have_no_body(sent: bytes) -> None:
    """Some responses end with their head."""
    reader = ResponseReader(bytes_max=100)
    reader.feed(sent)

    assert (True, True, []) == (reader.complete, reader.reusable, reader.chunks)


@pytest.mark.parametrize(
    "sent",
    [
        PLAIN + b"HTTP/1.1 200 OK\r\n",
        PLAIN.replace(b"X-A: 1", b"Connection: close"),
        PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0"),
    ],
    ids=["more than asked", "told to close", "an old peer"],
)
def test_a_connection_is_not_always_kept(sent: bytes) -> None:
    """Whoever says more than asked, or wants to close, gets no second request."""
    reader = ResponseReader(bytes_max=100)
    reader.feed(sent)

    assert (True, False) == (reader.complete, reader.reusable)


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/2 200 OK\r\n\r\n",
        b"\x16\x03\x01",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nupgrade: h2c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5, 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffff\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"1" * 2_000,
        b"HTTP/1.1 200 OK\r\n folded: yes\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nname : x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * HEAD_BYTES_MAX,
        b"HTTP/1.1 200 OK\r\ncontent-length: 101\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n65\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 101,
    ],
)
def test_what_is_unclear_or_too_long_is_a_fault(sent: bytes) -> None:
    """A response that two readers could understand differently is refused, as is one too large."""
    with pytest.raises(Faulted):
        ResponseReader(bytes_max=100).feed(sent)


@pytest.mark.parametrize(
    ("sent", "complete"),
    [
        (b"", False),
        (PLAIN[:-1], False),
        (CHUNKED[:-2], False),
        (b"HTTP/1.1 200 OK\r\n\r\nall of it", True),
    ],
)
def test_the_end_of_a_connection_completes_only_what_has_no_length(
    sent: bytes, *, complete: bool
) -> None:
    """A response that says where it ends is cut short if the connection ends before."""
    reader = ResponseReader(bytes_max=100)
    if sent:
        reader.feed(sent)

    assert complete is reader.end()
