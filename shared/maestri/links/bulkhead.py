"""At most so many calls at once to one callee, and at most so many waiting for their turn."""

import asyncio

from maestri import clock
from maestri.errors import NotExecuted, NoTimeLeft, Overloaded


class Bulkhead:
    """
    Admit *calls_max* at once; let *waiting_max* more wait, each at most *wait_s_max*.

    Places are handed over in the order of arrival. One that is handed to a call which is cancelled,
    or late, in the same moment goes on to the next.

    Attributes:
        calls_max: Calls at once.
        refused: How many got no place.

    Source:
        Bulkhead (Nygard, Release It!).
    """

    def __init__(self, calls_max: int, waiting_max: int, wait_s_max: float) -> None:
        self.calls_max = calls_max
        self.refused = 0
        self._free = calls_max
        self._waiting_max = waiting_max
        self._wait_s_max = wait_s_max
        self._waiting: dict[asyncio.Future[None], None] = {}

    @property
    def in_use(self) -> int:
        """How many calls have a place."""
        return self.calls_max - self._free

    @property
    def waiting(self) -> int:
        """How many calls wait for one."""
        return len(self._waiting)

    async def acquire(self, deadline_s: float) -> None:
        """
        Take a place, or wait for one until *deadline_s* at the latest; ``release`` must follow.

        Raises:
            Overloaded: Too many wait already, or none of the calls ended in time.
            NoTimeLeft: The deadline passed.
        """
        if self._free > 0:
            self._free -= 1
            return
        if len(self._waiting) >= self._waiting_max:
            self._forget_cancelled()
        if len(self._waiting) >= self._waiting_max:
            self.refused += 1
            raise Overloaded(f"{len(self._waiting)} calls wait already")
        until_s = min(deadline_s, clock.now_s() + self._wait_s_max)
        waiter = asyncio.get_running_loop().create_future()
        self._waiting[waiter] = None
        try:
            async with clock.timeout_at(until_s):
                await waiter
        except BaseException as failure:
            # A cancelled waiter may be gone from the queue already, and its place may have come.
            self._waiting.pop(waiter, None)
            if waiter.done() and not waiter.cancelled():
                self.release()
            if isinstance(failure, TimeoutError):
                self.refused += 1
                raise _late(until_s >= deadline_s) from failure
            raise

    def release(self) -> None:
        """Give the place to the first that waits."""
        while self._waiting:
            waiter = next(iter(self._waiting))
            del self._waiting[waiter]
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1

    def _forget_cancelled(self) -> None:
        # Until its task runs again, a waiter that was cancelled would count as one that waits.
        self._waiting = {waiter: None for waiter in self._waiting if not waiter.done()}


def _late(deadline_passed: bool) -> NotExecuted:
    if deadline_passed:
        return NoTimeLeft("the deadline passed while the call waited")
    return Overloaded("no call ended while this one waited")
