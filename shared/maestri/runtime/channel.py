"""What a launcher and a process tell each other, so that the next process can take over."""

import asyncio
import contextlib
import socket
from enum import StrEnum

WORD_BYTES_MAX = 64


class Word(StrEnum):
    """
    What is told, one word a line.

    Attributes:
        PREPARED: By a process: everything is imported and bound, and nothing is open yet.
        SHARING: The same, by one that opens nothing which another process must have closed.
        START: By the launcher: open what you need, and accept.
        READY: By a process: clients can be served.
        HAND_OVER: By the launcher: accept no more, end what is in work, close everything.
        RELEASED: By a process: everything is closed.
    """

    PREPARED = "prepared"
    SHARING = "sharing"
    START = "start"
    READY = "ready"
    HAND_OVER = "hand over"
    RELEASED = "released"


class Channel:
    """
    One end of the connection between a launcher and a process.

    Words are remembered, so that who waits for one may come late. A peer that has gone is the end
    of all waiting.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._heard: set[Word] = set()
        self._news = asyncio.Event()
        self._gone = False
        self._reading = asyncio.get_running_loop().create_task(self._read(reader))

    @classmethod
    async def open(cls, end: socket.socket) -> "Channel":
        """Return the channel at one end of a pair of sockets; the end is its own from now on."""
        end.setblocking(False)
        return cls(*await asyncio.open_unix_connection(sock=end, limit=WORD_BYTES_MAX))

    def tell(self, word: Word) -> None:
        """Tell the peer; nothing happens if it has gone."""
        if not self._writer.is_closing():
            self._writer.write(f"{word}\n".encode())

    def has_heard(self, word: Word) -> bool:
        """Tell whether the peer has said *word*."""
        return word in self._heard

    async def hears(self, *words: Word) -> bool:
        """Wait until the peer says one of *words*; tell whether it did before it went."""
        while not self._heard.intersection(words):
            if self._gone:
                return False
            await self._news.wait()
        return True

    def close(self) -> None:
        """End the connection."""
        self._reading.cancel()
        self._writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while line := await reader.readline():
                with contextlib.suppress(ValueError):  # a word of another version
                    self._heard.add(Word(line.decode().strip()))
                self._tell_waiting()
        except (OSError, ValueError):
            pass  # it went in the middle of a word
        finally:
            self._gone = True
            self._tell_waiting()

    def _tell_waiting(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
