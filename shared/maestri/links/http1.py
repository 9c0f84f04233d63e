"""Read an HTTP/1.1 response from bytes as they come; strict, bounded, without input or output."""

import re
from collections.abc import Callable
from functools import lru_cache

from maestri.errors import Faulted
from maestri.links.transport import too_large

HEAD_BYTES_MAX = 65_536
LINE_BYTES_MAX = 1_024
HEADERS_MAX = 200

INFORMATIONAL = 100
SWITCHING = 101
SUCCESS = 200
BODILESS = frozenset({204, 304})

CACHED_BYTES_MAX = 100

_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?\Z")
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?\Z")


class ResponseReader:
    """
    One response, as far as it has arrived.

    Attributes:
        status: 0 until the head is there.
        headers: Names in lower case; values of equal names joined with commas.
        chunks: Of the body; whoever reads them may take them out.
        complete: Whether nothing more belongs to the response.
        reusable: Whether the connection can carry another request after it.

    Raises:
        Faulted: From ``feed``: the peer does not speak HTTP/1.1, or says more than *bytes_max*.
    """

    def __init__(self, bytes_max: int) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.chunks: list[bytes] = []
        self.complete = False
        self.reusable = False
        self._room = bytes_max
        self._bytes_max = bytes_max
        self._rest = 0
        self._until_end = False
        self._buffer = b""
        self._step: Callable[[], bool] = self._read_head

    def feed(self, data: bytes) -> None:
        """Take *data* in."""
        self._buffer = self._buffer + data if self._buffer else data
        while not self.complete and self._step():
            pass
        if self.complete and self._buffer:
            self.reusable = False  # The peer says more than it was asked.

    def end(self) -> bool:
        """Tell whether the response is complete when the connection ends here."""
        self.complete = self.complete or self._until_end
        return self.complete

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or end > HEAD_BYTES_MAX:
            if max(end, len(self._buffer)) > HEAD_BYTES_MAX:
                raise Faulted(f"responded with a head of more than {HEAD_BYTES_MAX} bytes")
            if not self._buffer.startswith(b"HTTP/1."[: len(self._buffer)]):
                raise Faulted("did not respond in HTTP/1.1")
            return False
        lines = self._buffer[:end].split(b"\r\n")
        self._buffer = self._buffer[end + 4 :]
        matched = _STATUS.match(lines[0])
        if matched is None or len(lines) > HEADERS_MAX:
            raise Faulted("did not respond in HTTP/1.1")
        status = int(matched[2])
        if status == SWITCHING:
            raise Faulted("wants to speak another protocol")
        if status < SUCCESS:
            return True  # An interim response; the real one follows.
        self.status = status
        self._read_headers(lines[1:])
        self._choose_body(keep_alive_by_default=matched[1] == b"1")
        return True

    def _read_headers(self, lines: list[bytes]) -> None:
        headers = self.headers
        for line in lines:
            key, text = _header(line) if len(line) > CACHED_BYTES_MAX else _cached_header(line)
            headers[key] = f"{headers[key]}, {text}" if key in headers else text

    def _choose_body(self, *, keep_alive_by_default: bool) -> None:
        headers = self.headers
        connection = headers.get("connection")
        if connection is None:
            self.reusable = keep_alive_by_default
        else:
            self.reusable = "close" not in connection.lower() and (
                keep_alive_by_default or "keep-alive" in connection.lower()
            )
        length, encoding = headers.get("content-length"), headers.get("transfer-encoding")
        if encoding is not None:
            if length is not None or encoding.lower() != "chunked":
                raise Faulted("responded with a body whose end is unclear")
            self._step = self._read_size
        elif length is not None and not (length.isascii() and length.isdecimal()):
            raise Faulted("responded with a length that is none")
        elif self.status in BODILESS or length == "0":
            self.complete = True
        elif length is not None:
            self._rest = int(length)
            self._count_bytes(self._rest)
            self._step = self._read_rest
        else:
            self.reusable, self._until_end, self._step = False, True, self._read_all

    def _count_bytes(self, count: int) -> None:
        self._room -= count
        if self._room < 0:
            raise too_large(self._bytes_max)

    def _read_rest(self) -> bool:
        if not self._buffer:
            return False
        chunk, self._buffer = self._buffer[: self._rest], self._buffer[self._rest :]
        self.chunks.append(chunk)
        self._rest -= len(chunk)
        self.complete = self._rest == 0
        return False

    def _read_all(self) -> bool:
        self._count_bytes(len(self._buffer))
        if self._buffer:
            self.chunks.append(self._buffer)
            self._buffer = b""
        return False

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\r\n")
        if max(end, 0 if end >= 0 else len(self._buffer)) > LINE_BYTES_MAX:
            raise Faulted("responded with a chunk that is none")
        if end < 0:
            return None
        line, self._buffer = self._buffer[:end], self._buffer[end + 2 :]
        return line

    def _read_size(self) -> bool:
        line = self._line()
        if line is None:
            return False
        matched = _SIZE.match(line)
        if matched is None:
            raise Faulted("responded with a chunk that is none")
        self._rest = int(matched[1], 16)
        self._count_bytes(self._rest)
        self._step = self._read_chunk if self._rest else self._read_trailer
        return True

    def _read_chunk(self) -> bool:
        if self._rest:
            if not self._buffer:
                return False
            chunk, self._buffer = self._buffer[: self._rest], self._buffer[self._rest :]
            self.chunks.append(chunk)
            self._rest -= len(chunk)
            return True
        if len(self._buffer) <= 1:
            return False
        if not self._buffer.startswith(b"\r\n"):
            raise Faulted("responded with a chunk that is none")
        self._buffer = self._buffer[2:]
        self._step = self._read_size
        return True

    def _read_trailer(self) -> bool:
        line = self._line()
        if line is None:
            return False
        self._count_bytes(len(line))
        self.complete = not line
        return True


def _header(line: bytes) -> tuple[str, str]:
    name, colon, value = line.partition(b":")
    if not colon or _NAME.match(name) is None:
        raise Faulted("responded with a header that is none")
    return name.decode().lower(), value.strip(b" \t").decode("latin-1")


# Most headers of a callee are the same in every response.
_cached_header = lru_cache(maxsize=1_024)(_header)
