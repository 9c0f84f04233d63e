"""How long a request may have waited before the loop got to it."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

BEAT_S = 0.05
WINDOW_S = 2 * BEAT_S
"""What arrived while the loop was blocked is begun so soon after."""


class LoopLag:
    """
    Notice when the loop was blocked, by a beat every 50 ms that comes late.

    A deadline travels as a rest, and counts from when the loop gets to the request. What a request
    waited before that nobody tells; but it cannot be longer than the loop was blocked.
    """

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None
        self._due_s = 0.0
        self._blocked_from_s = 0.0
        self._blocked_until_s = float("-inf")

    @contextmanager
    def watching(self, loop: asyncio.AbstractEventLoop) -> Generator[None]:
        """Beat on *loop* while the body runs."""
        self._due_s = loop.time() + BEAT_S
        self._timer = loop.call_at(self._due_s, self._beat, loop)
        try:
            yield
        finally:
            self._timer.cancel()
            self._timer = None

    def waited_s_max(self, now_s: float) -> float:
        """Return how long a request that is begun now may have waited; 0 if the loop keeps up."""
        if self._timer is None:
            return 0.0
        if now_s - self._due_s > BEAT_S:
            # The beat itself has yet to come.
            return now_s - self._due_s + BEAT_S
        if now_s - self._blocked_until_s < WINDOW_S:
            return now_s - self._blocked_from_s
        return 0.0

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        now_s = loop.time()
        if now_s - self._due_s > BEAT_S:
            if now_s - self._blocked_until_s >= WINDOW_S + BEAT_S:
                self._blocked_from_s = self._due_s - BEAT_S
            self._blocked_until_s = now_s
        self._due_s = now_s + BEAT_S
        self._timer = loop.call_at(self._due_s, self._beat, loop)
