"""What goes on for long is worth a line from time to time, not one for each request."""

import asyncio
import logging
from collections import OrderedDict

from maestri import clock

INTERVAL_S = 10.0
KEYS_MAX = 1_000


class _Cause:
    """What came since the last line about one cause."""

    __slots__ = ("count", "message", "since_s", "timer")

    def __init__(self, message: str, since_s: float) -> None:
        self.message = message
        self.since_s = since_s
        self.count = 0
        self.timer: asyncio.TimerHandle | None = None


class RateLimitedLog:
    """
    Write the first warning of a cause at once, and then one line in 10 s that tells how many came.

    ``catalog: connection refused, 158 times in the last 10 s`` is written when those are over,
    whether or not another one comes; without a running loop, with the next one. Causes are told
    apart by keys, of which 1,000 are remembered: the one that was quiet for longest is forgotten.

    Args:
        log: Where the lines go.
        interval_s: Time between two lines of one cause.
    """

    def __init__(self, log: logging.Logger, interval_s: float = INTERVAL_S) -> None:
        self._log = log
        self._interval_s = interval_s
        self._causes: OrderedDict[str, _Cause] = OrderedDict()

    def warning(self, key: str, message: str, *, exc_info: BaseException | None = None) -> None:
        """Write *message*, unless *key* had a line a moment ago; then count it for the next one."""
        now_s = clock.monotonic_s()
        cause = self._causes.get(key)
        if cause is None:
            self._log.warning("%s", message, exc_info=exc_info)
            cause = self._causes[key] = _Cause(message, now_s)
            self._start_timer(key, cause)
            if len(self._causes) > KEYS_MAX:
                self._tell(self._causes.popitem(last=False)[1])
            return
        self._causes.move_to_end(key)
        cause.message = message
        cause.count += 1
        if now_s - cause.since_s >= self._interval_s:
            self._end_interval(key, cause)

    def _end_interval(self, key: str, cause: _Cause) -> None:
        """Tell what came in it; if that is nothing, the next warning is a first one again."""
        if cause.count:
            self._tell(cause)
            cause.count, cause.since_s = 0, clock.monotonic_s()
            self._start_timer(key, cause)
        else:
            del self._causes[key]

    def _tell(self, cause: _Cause) -> None:
        if cause.timer is not None:
            cause.timer.cancel()
        if cause.count:
            past_s = max(self._interval_s, clock.monotonic_s() - cause.since_s)
            times = "once" if cause.count == 1 else f"{cause.count} times"
            self._log.warning("%s, %s in the last %.0f s", cause.message, times, past_s)

    def _start_timer(self, key: str, cause: _Cause) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        cause.timer = loop.call_later(self._interval_s, self._end_interval, key, cause)
