"""How long a request may have waited before the loop got to it."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager

from maestri import clock
from maestri.server.request_counts import Durations

BEAT_S = 0.05
WINDOW_S = 2 * BEAT_S
"""What arrived while the loop was blocked is begun so soon after."""


class LoopLag:
    """
    Notice how late the loop is, by a beat every 50 ms.

    A deadline travels as a rest, and counts from when the loop gets to the request. What a request
    waited before that nobody tells; but it cannot be longer than the loop was busy with others. The
    loop's own time does not tell either: it stands still within a round.

    Args:
        now: Seconds that go on while the loop is blocked.

    Attributes:
        lags: How late each beat came.
    """

    def __init__(self, now: Callable[[], float] = clock.monotonic_s) -> None:
        self.lags = Durations()
        self._now = now
        self._timer: asyncio.TimerHandle | None = None
        self._beat_s = 0.0
        self._blocked_from_s = 0.0
        self._blocked_until_s = float("-inf")

    @contextmanager
    def watching(self, loop: asyncio.AbstractEventLoop) -> Generator[None]:
        """Beat on *loop* while the body runs."""
        self._beat_s = self._now()
        self._timer = loop.call_later(BEAT_S, self._beat, loop)
        try:
            yield
        finally:
            self._timer.cancel()
            self._timer = None

    def busy_s(self) -> float:
        """Return how long the round of the loop takes so far; 0 if it keeps up."""
        busy_s = self._now() - self._beat_s
        return busy_s if self._timer is not None and busy_s > 2 * BEAT_S else 0.0

    def waited_s_max(self) -> float:
        """Return how long a request that is begun now may have waited; 0 if the loop keeps up."""
        now_s = self._now()
        if self._timer is not None and now_s - self._blocked_until_s < WINDOW_S:
            return now_s - self._blocked_from_s
        return self.busy_s()

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        now_s = self._now()
        self.lags.add(max(0.0, now_s - self._beat_s - BEAT_S))
        if now_s - self._beat_s > 2 * BEAT_S:
            if self._beat_s - self._blocked_until_s >= WINDOW_S:
                self._blocked_from_s = self._beat_s
            self._blocked_until_s = now_s
        self._beat_s = now_s
        self._timer = loop.call_later(BEAT_S, self._beat, loop)
