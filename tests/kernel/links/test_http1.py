"""A response means the same however it is cut into chunks, and nothing unclear is believed."""

from collections.abc import Callable
from contextlib import nullcontext

import pytest

from maestri.errors import Faulted
from maestri.links.http1 import (
    CHUNK_BYTES_MEAN_MIN,
    CHUNKS_FREE_MAX,
    HEAD_BYTES_MAX,
    ResponseReader,
)
from tests.kernel.cost import steps_per_byte

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
        reader.take(),
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
        b"HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n",
    ],
)
def test_a_response_can_have_no_body(sent: bytes) -> None:
    """Some responses end with their head."""
    reader = ResponseReader(bytes_max=100)
    reader.feed(sent)

    assert (True, True, 0) == (reader.complete, reader.reusable, reader.buffered)


@pytest.mark.parametrize(
    "sent",
    [
        PLAIN + b"HTTP/1.1 200 OK\r\n",
        PLAIN.replace(b"X-A: 1", b"Connection: close"),
        PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0"),
        b"HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\ncontent-length: 4\r\n\r\n",
    ],
    ids=["more than asked", "told to close", "an old peer", "odd chunks", "an odd length"],
)
def test_a_connection_is_not_always_kept(sent: bytes) -> None:
    """Who says more than asked, or may do so, or wants to close, gets no second request."""
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
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ncontent-length: +5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ncontent-length: 0x5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ncontent-length:\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ncontent-length: " + b"0" * 5_000 + b"5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n",
        b"HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffff\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"1" * 2_000,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1 2\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0x1\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;a=\rb\r\nx",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\nx\n0\n\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nodd\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n" + b"a: b\r\n" * 201,
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 201 + b"\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" * 11,
        b"HTTP/1.1 200 OK\n\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 \0\r\n\r\n",
        b"HTTP/1.1 \xb2\xb0\xb0 OK\r\n\r\n",
        b"HTTP/1.1 600 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: a\rb\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: a\nset-cookie: b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 200 + b"\nset-cookie: b\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: a\r\n folded\r\n\r\n",
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

    assert [False, complete] == [reader.end(intact=False), reader.end(intact=True)]


def test_what_was_taken_is_not_given_again() -> None:
    """A body can be taken while it arrives, whatever the chunks that it came in."""
    reader = ResponseReader(bytes_max=100)
    taken = []
    for data in (CHUNKED[:-20], CHUNKED[-20:]):
        reader.feed(data)
        taken.append(reader.take())

    assert (b"hello", 0, True) == (b"".join(taken), reader.buffered, reader.complete)


CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("size", "count", "refused"),
    [
        (1, CHUNKS_FREE_MAX, False),
        (1, CHUNKS_FREE_MAX + 1, True),
        (CHUNK_BYTES_MEAN_MIN - 1, CHUNKS_FREE_MAX + 1, True),
        (CHUNK_BYTES_MEAN_MIN, CHUNKS_FREE_MAX + 1, False),
    ],
)
def test_many_chunks_must_hold_something(size: int, count: int, *, refused: bool) -> None:
    """Some chunks may be tiny; if there are many, they are worth their work."""
    reader = ResponseReader(bytes_max=1_000_000)
    sent = CHUNKED_HEAD + b"%x\r\n%s\r\n" % (size, b"x" * size) * count + b"0\r\n\r\n"

    with pytest.raises(Faulted, match="too small") if refused else nullcontext():
        reader.feed(sent)

    assert (not refused) is reader.complete


def test_chunk_extensions_count_as_body() -> None:
    """A peer cannot say more than allowed by saying it beside the body."""
    with pytest.raises(Faulted, match="more than 100 bytes"):
        ResponseReader(bytes_max=100).feed(CHUNKED_HEAD + (b"1;" + b"e" * 60 + b"\r\nx\r\n") * 2)


def fed(size: int) -> Callable[[bytes], object]:
    """Return a function that feeds a reader in pieces of *size* bytes."""

    def feed(sent: bytes) -> bytes:
        reader = ResponseReader(bytes_max=1_000_000)
        for start in range(0, len(sent), size):
            reader.feed(sent[start : start + size])
        return reader.take()

    return feed


@pytest.mark.parametrize("size", [1, 100, 65_536])
@pytest.mark.parametrize(
    ("before", "piece"),
    [
        (CHUNKED_HEAD, b"1\r\nx\r\n"),
        (CHUNKED_HEAD, b"8\r\n12345678\r\n"),
        (CHUNKED_HEAD, b"1;" + b"e" * 1_000 + b"\r\nx\r\n"),
        (CHUNKED_HEAD, b"00000001 \t  \r\nx\r\n"),
        (CHUNKED_HEAD + b"0\r\n", b"a:\r\n"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nx:", b" "),
        (b"HTTP/1.1 200 OK\r\nx:", b" a"),
        (b"HTTP/1.1 200 OK\r\n", b"a:b\r\n"),
        (b"HTTP/1.1 200 ", b"\r"),
        (b"", b"HTTP/1.1 100 \r\n\r\n"),
    ],
)
def test_responses_are_read_in_linear_time(before: bytes, piece: bytes, size: int) -> None:
    """A peer cannot make a byte cost more by how it cuts what it says."""
    sent = before + piece * ((50_000 if size == 1 else 800_000) // len(piece))
    most = 20.0 + 100.0 / size

    assert most > steps_per_byte(fed(size), sent, enough=most)
