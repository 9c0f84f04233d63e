"""What goes on for long is worth a line from time to time, not one for each request."""

import logging
from collections import OrderedDict

from maestri import clock

INTERVAL_S = 10.0
KEYS_MAX = 1_000


class RateLimitedLog:
    """
    Write the first warning of each cause at once, then one in 10 s that tells how many there were.

    Causes are told apart by keys, of which the last 1,000 are remembered.

    Args:
        log: Where the lines go.
        interval_s: Time between two lines of one cause.
    """

    def __init__(self, log: logging.Logger, interval_s: float = INTERVAL_S) -> None:
        self._log = log
        self._interval_s = interval_s
        self._causes: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def warning(self, key: str, message: str, *, exc_info: BaseException | None = None) -> None:
        """Write *message*, unless *key* had a line a moment ago; then count it for the next one."""
        now_s = clock.monotonic_s()
        last_s, silent = self._causes.pop(key, (float("-inf"), 0))
        if now_s - last_s < self._interval_s:
            self._causes[key] = (last_s, silent + 1)
            return
        self._causes[key] = (now_s, 0)
        if len(self._causes) > KEYS_MAX:
            self._causes.popitem(last=False)
        more = f" ({silent} more since the last line)" if silent else ""
        self._log.warning("%s%s", message, more, exc_info=exc_info)
