"""
The event loop's clock jumps to the next timer instead of waiting for it.

Problem: a test of deadlines that sleeps is slow, and fails on a busy machine. Pattern: virtual time
(trio's autojump clock). Deadlines and timers run on the loop's clock, so a minute passes at once
and always takes exactly a minute. Smallest example::

    from maestri import clock
    from maestri.testing.virtual_time import run_in_virtual_time

    async def wait() -> float:
        await clock.sleep(60.0)
        return clock.now_s()

    assert run_in_virtual_time(wait()) == 60.0

Not where real sockets or threads answer: time would jump ahead of them.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

RESOLUTION_S = 1e-9
STUCK_AFTER_S = 5.0


class _JumpingSelector(selectors.DefaultSelector):
    """Reports what is ready, and hands the time that would have been waited to the loop."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is not None:
            self.now_s += timeout
            return ready
        ready = super().select(STUCK_AFTER_S)
        if not ready:
            raise RuntimeError(
                "nothing is ready and no timer is set: what the test waits for never happens"
            )
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """
    An event loop that starts at 0 s and jumps from timer to timer.

    All async tests of a folder run in it when its conftest has::

        def pytest_asyncio_loop_factories() -> dict[str, type[VirtualTimeLoop]]:
            return {"virtual": VirtualTimeLoop}

    Raises:
        RuntimeError: Nothing is ready, no timer is set, and for 5 s of real time nothing happened.
    """

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)
        self._clock_resolution = RESOLUTION_S

    def time(self) -> float:
        """Return the virtual seconds since the loop was made."""
        return self._jumping.now_s


def run_in_virtual_time(main: Coroutine[Any, Any, T]) -> T:
    """Run *main* in a loop of its own, from 0 s on, and return what it returns."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
