"""A process that dies is started again, but not for ever."""

import math
from collections import deque

RESTARTS_MAX = 5
WINDOW_S = 60.0
DELAY_S_FIRST = 0.1


class RestartBudget:
    """
    At most 5 restarts in 60 s, each after twice the wait of the one before.

    Formula: the nth restart within the window waits ``0.1 * 2 ** (n - 1)`` seconds: 0.1, 0.2, 0.4,
    0.8, 1.6. Older restarts are forgotten.
    """

    def __init__(self) -> None:
        self._restarts_s: deque[float] = deque(maxlen=RESTARTS_MAX)

    def delay_s(self, now_s: float) -> float | None:
        """Return how long to wait before the restart that is due; None if none is left."""
        while self._restarts_s and self._restarts_s[0] <= now_s - WINDOW_S:
            self._restarts_s.popleft()
        if len(self._restarts_s) == RESTARTS_MAX:
            return None
        self._restarts_s.append(now_s)
        return math.ldexp(DELAY_S_FIRST, len(self._restarts_s) - 1)

    def forget(self) -> None:
        """Start anew, after a person asked for a restart."""
        self._restarts_s.clear()
