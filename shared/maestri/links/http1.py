"""Read an HTTP/1.1 response from bytes as they come; strict, bounded, without input or output."""

import re
from collections.abc import Callable
from functools import lru_cache

from maestri.errors import Faulted
from maestri.links.http_client import too_large

HEAD_BYTES_MAX = 65_536
LINE_BYTES_MAX = 1_024
HEADERS_MAX = 200
INTERIM_RESPONSES_MAX = 10

CHUNKS_FREE_MAX = 16_384
CHUNK_BYTES_MEAN_MIN = 8
"""A body of more chunks than are free has at least so many bytes in each, on average."""

INFORMATIONAL = 100
SWITCHING = 101
SUCCESS = 200
NO_CONTENT = 204
BODILESS = frozenset({NO_CONTENT, 304})

CACHED_BYTES_MAX = 100
LENGTH_DIGITS_MAX = 18

_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?\Z")
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*\Z")
_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})([ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?)\Z")


class ResponseReader:
    """
    One response, as far as it has arrived.

    Each byte is looked at a bounded number of times, however the peer cuts what it says: into
    segments, chunks, header lines or interim responses. All of these are counted. What two readers
    could understand differently is refused: folded headers, control characters in a value, two
    lengths, a length and chunks, a length that is no plain number. Responses to HEAD and CONNECT,
    which end in other ways, are not known here.

    Attributes:
        status: 0 until the head is there.
        headers: Names in lower case; values of equal names joined with commas.
        complete: Whether nothing more belongs to the response.
        reusable: Whether the connection can carry another request after it.

    Raises:
        Faulted: From ``feed``: the peer does not speak HTTP/1.1, or says more than *bytes_max*.

    Source:
        RFC 9112, HTTP/1.1; the order in ``_choose_body`` is that of its section 6.3.
    """

    def __init__(self, bytes_max: int) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.complete = False
        self.reusable = False
        self._room = bytes_max
        self._bytes_max = bytes_max
        self._body: bytes | bytearray = b""
        self._rest = 0
        self._until_end = False
        self._interim_responses = 0
        self._chunks = 0
        self._trailers = 0
        self._buffer: bytes | bytearray = b""
        self._at = 0
        self._searched = 0
        self._step: Callable[[ResponseReader], bool] = ResponseReader._read_head

    @property
    def buffered(self) -> int:
        """How many bytes of the body wait to be taken."""
        return len(self._body)

    def take(self) -> bytes:
        """Return what has arrived of the body since the last time."""
        body, self._body = self._body, b""
        return bytes(body)

    def feed(self, data: bytes) -> None:
        """Take *data* in."""
        if self._buffer:
            self._buffer += data
        else:
            self._buffer = data
        while not self.complete and self._step(self):
            pass
        at, self._at = self._at, 0
        if at == len(self._buffer):
            self._buffer = b""
        elif self.complete:
            self._buffer, self.reusable = b"", False  # The peer says more than it was asked.
        elif isinstance(self._buffer, bytearray):
            del self._buffer[:at]
        else:
            self._buffer = bytearray(self._buffer[at:])

    def end(self, *, intact: bool) -> bool:
        """
        Tell whether the response is complete when the connection ends here.

        Args:
            intact: Whether the peer closed it; a connection that broke completes nothing.
        """
        self.complete = self.complete or (self._until_end and intact)
        return self.complete

    def _read_head(self) -> bool:
        buffer, start = self._buffer, self._at
        end = buffer.find(b"\r\n\r\n", start + self._searched)
        if (len(buffer) if end < 0 else end) - start > HEAD_BYTES_MAX:
            raise Faulted(f"responded with a head of more than {HEAD_BYTES_MAX} bytes")
        if end < 0:
            if not buffer.startswith(b"HTTP/1."[: len(buffer) - start], start):
                raise Faulted("did not respond in HTTP/1.1")
            self._searched = max(0, len(buffer) - start - 3)
            return False
        self._at, self._searched = end + 4, 0
        lines = bytes(buffer[start:end]).split(b"\r\n", HEADERS_MAX + 1)
        matched = _STATUS.match(lines[0])
        if matched is None:
            raise Faulted("did not respond in HTTP/1.1")
        if len(lines) > HEADERS_MAX + 1:
            raise Faulted(f"responded with more than {HEADERS_MAX} headers")
        status = int(matched[2])
        if status == SWITCHING:
            raise Faulted("wants to speak another protocol")
        if status < SUCCESS:
            self._interim_responses += 1
            if self._interim_responses > INTERIM_RESPONSES_MAX:
                raise Faulted(f"responded more than {INTERIM_RESPONSES_MAX} times without an end")
            return True  # The real response follows.
        self.status = status
        self._read_headers(lines[1:])
        self._choose_body(persistent=matched[1] == b"1")
        return True

    def _read_headers(self, lines: list[bytes]) -> None:
        headers = self.headers
        for line in lines:
            key, text = _header(line) if len(line) > CACHED_BYTES_MAX else _cached_header(line)
            headers[key] = f"{headers[key]}, {text}" if key in headers else text

    def _choose_body(self, *, persistent: bool) -> None:
        headers = self.headers
        connection = headers.get("connection")
        if connection is None:
            self.reusable = persistent
        else:
            self.reusable = "close" not in connection.lower() and (
                persistent or "keep-alive" in connection.lower()
            )
        length, encoding = headers.get("content-length"), headers.get("transfer-encoding")
        if self.status in BODILESS:
            # Such a response ends with its head, whatever that says; 304 may say how long 200 is.
            self.complete = True
            if self.status == NO_CONTENT and (encoding is not None or length not in {None, "0"}):
                self.reusable = False
        elif encoding is not None:
            if length is not None or encoding.lower() != "chunked" or not persistent:
                raise Faulted("responded with a body whose end is unclear")
            self._step = ResponseReader._read_size
        elif length is not None:
            self._expect_bytes(length)
        else:
            self.reusable, self._until_end, self._step = False, True, ResponseReader._read_all

    def _expect_bytes(self, length: str) -> None:
        if not (length.isascii() and length.isdecimal() and len(length) <= LENGTH_DIGITS_MAX):
            raise Faulted("responded with a length that is none")
        self._rest = int(length)
        self._count_bytes(self._rest)
        self.complete = self._rest == 0
        self._step = ResponseReader._read_rest

    def _count_bytes(self, count: int) -> None:
        self._room -= count
        if self._room < 0:
            raise too_large(self._bytes_max)

    def _take_in(self) -> None:
        """Move what the body still lacks, as far as it is there, from the buffer to the body."""
        part = self._buffer[self._at : self._at + self._rest]
        self._at += len(part)
        self._rest -= len(part)
        if isinstance(self._body, bytearray):
            self._body += part
        elif self._body:
            self._body = bytearray(self._body) + part
        else:
            self._body = bytes(part)

    def _read_rest(self) -> bool:
        self._take_in()
        self.complete = self._rest == 0
        return False

    def _read_all(self) -> bool:
        self._rest = len(self._buffer) - self._at
        self._count_bytes(self._rest)
        self._take_in()
        return False

    def _line_end(self) -> int:
        """Return where the line that begins here ends; -1 if its end is not there yet."""
        buffer, at, longest = self._buffer, self._at, self._at + LINE_BYTES_MAX + 2
        end = buffer.find(b"\r\n", at, longest)
        if end < 0 and (len(buffer) >= longest or buffer.find(b"\n", at) >= 0):
            raise Faulted("responded with a chunk that is none")
        return end

    def _read_size(self) -> bool:
        end = self._line_end()
        if end < 0:
            return False
        matched = _SIZE.match(self._buffer, self._at, end)
        if matched is None:
            raise Faulted("responded with a chunk that is none")
        self._at = end + 2
        self._rest = int(matched[1], 16)
        self._count_bytes(self._rest + len(matched[2]))
        if not self._rest:
            self._step = ResponseReader._read_trailer
            return True
        self._chunks += 1
        if self._chunks > CHUNKS_FREE_MAX and (
            self._chunks * CHUNK_BYTES_MEAN_MIN > self._bytes_max - self._room
        ):
            raise Faulted(f"responded with {self._chunks} chunks that are too small")
        self._step = ResponseReader._read_chunk
        return self._read_chunk()

    def _read_chunk(self) -> bool:
        if self._rest:
            self._take_in()
        line_end = self._buffer[self._at : self._at + 2]
        if line_end != b"\r\n":
            if not b"\r\n".startswith(line_end):
                raise Faulted("responded with a chunk that is none")
            return False
        self._at += 2
        self._step = ResponseReader._read_size
        return True

    def _read_trailer(self) -> bool:
        end = self._line_end()
        if end < 0:
            return False
        line, self._at = bytes(self._buffer[self._at : end]), end + 2
        self.complete = not line
        if line:
            _header(line)
            self._count_bytes(len(line))
            self._trailers += 1
            if self._trailers > HEADERS_MAX:
                raise Faulted(f"responded with more than {HEADERS_MAX} trailers")
        return True


def _header(line: bytes) -> tuple[str, str]:
    name, colon, value = line.partition(b":")
    value = value.strip(b" \t")
    if not colon or _NAME.match(name) is None or _VALUE.match(value) is None:
        raise Faulted("responded with a header that is none")
    return name.decode().lower(), value.decode("latin-1")


# Most headers of a callee are the same in every response.
_cached_header = lru_cache(maxsize=1_024)(_header)
