"""At most so many calls at once to one callee, and at most so many waiting for their turn."""

import asyncio
from collections import deque

from maestri import clock
from maestri.errors import NoTimeLeft, Overloaded


class Bulkhead:
    """
    Admit *calls_max* at once; let *waiting_max* more wait, each at most *wait_s_max*.

    Source:
        Bulkhead (Nygard, Release It!).
    """

    def __init__(self, calls_max: int, waiting_max: int, wait_s_max: float) -> None:
        self._free = calls_max
        self._waiting_max = waiting_max
        self._wait_s_max = wait_s_max
        self._waiting: deque[asyncio.Future[None]] = deque()

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
            raise Overloaded(f"{len(self._waiting)} calls wait already")
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with clock.timeout_at(min(deadline_s, clock.now_s() + self._wait_s_max)):
                await waiter
        except BaseException as failure:
            if waiter.done() and not waiter.cancelled():
                self.release()  # The place came in the same moment; the next in line takes it.
            else:
                self._waiting.remove(waiter)
            if isinstance(failure, TimeoutError) and deadline_s <= clock.now_s():
                raise NoTimeLeft("the deadline passed while the call waited") from failure
            if isinstance(failure, TimeoutError):
                raise Overloaded("no call ended while this one waited") from failure
            raise

    def release(self) -> None:
        """Give the place to the first that waits."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1
