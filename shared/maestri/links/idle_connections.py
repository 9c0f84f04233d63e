"""Connections to one address that wait for their next request."""

import asyncio
from collections import deque

from maestri import clock
from maestri.links.http_connection import HttpConnection


class IdleConnections:
    """
    Keep at most *idle_max* connections, each at most *idle_s_max* after its last response.

    The last used comes first, so that the others grow old; those are closed when their time is
    over, whether or not anybody asks for one.
    """

    def __init__(self, idle_s_max: float, idle_max: int) -> None:
        self._idle_s_max = idle_s_max
        self._idle_max = idle_max
        self._oldest_first: deque[HttpConnection] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._oldest_first)

    def add(self, connection: HttpConnection) -> None:
        """Keep *connection*; close the oldest if there are too many."""
        connection.idle_since_s = clock.now_s()
        self._oldest_first.append(connection)
        if len(self._oldest_first) > self._idle_max:
            self._oldest_first.popleft().drop()
        elif self._timer is None:
            self._start_timer(asyncio.get_running_loop())

    def pop(self) -> HttpConnection | None:
        """Return one that is not too old and whose peer was silent; close those that are not."""
        oldest_s = clock.now_s() - self._idle_s_max
        while self._oldest_first:
            connection = self._oldest_first.pop()
            if connection.idle_since_s > oldest_s and connection.is_quiet():
                return connection
            connection.drop()
        return None

    def close(self) -> None:
        """Close all of them."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._oldest_first:
            self._oldest_first.pop().drop()

    def _start_timer(self, loop: asyncio.AbstractEventLoop) -> None:
        until_s = self._oldest_first[0].idle_since_s + self._idle_s_max
        self._timer = loop.call_at(until_s, self._close_aged, until_s, loop)

    def _close_aged(self, due_s: float, loop: asyncio.AbstractEventLoop) -> None:
        now_s = max(due_s, loop.time())  # A timer may ring a moment early.
        while self._oldest_first and self._oldest_first[0].idle_since_s + self._idle_s_max <= now_s:
            self._oldest_first.popleft().drop()
        self._timer = None
        if self._oldest_first:
            self._start_timer(loop)
