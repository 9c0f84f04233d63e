"""
The only access to time. A test replaces the loop's time and everything follows.

Deadlines and timers run on the event loop's clock, so a loop with virtual time moves all of them.
Everything is seconds in float, except ``perf_ns``, which measures durations and is never compared
with a deadline.
"""

import asyncio
import time
from datetime import UTC, datetime

CLOCK_SKEW_S_MAX = 60.0
"""So far apart the clocks of two machines of one system may be."""


def now_s() -> float:
    """Return the running loop's time, the only clock that deadlines are compared with."""
    return asyncio.get_running_loop().time()


async def sleep(seconds: float) -> None:
    """Wait on the running loop's clock."""
    await asyncio.sleep(seconds)


def timeout_at(deadline_s: float) -> asyncio.Timeout:
    """Return a context manager that cancels its body when the loop's time passes *deadline_s*."""
    return asyncio.timeout_at(deadline_s)


def unix_s() -> float:
    """Return the time of day as seconds since 1970, for people and for records."""
    return time.time()


def age_s(then_unix_s: float) -> float:
    """
    Return how long ago it was *then_unix_s* on a clock that may be another machine's.

    What lies at most 60 s ahead is 0 s old; what lies further ahead has a negative age.
    """
    seconds = unix_s() - then_unix_s
    return 0.0 if -CLOCK_SKEW_S_MAX <= seconds < 0 else seconds


def unix_ns() -> int:
    """Return the time of day as nanoseconds since 1970, for spans."""
    return time.time_ns()


def utc_now() -> datetime:
    """Return the time of day, aware of its zone."""
    return datetime.now(UTC)


perf_ns = time.perf_counter_ns
"""Return a counter for durations; only differences mean anything."""


def monotonic_s() -> float:
    """Return a clock for threads and processes without an event loop, such as the launcher."""
    return time.monotonic()


def pause(seconds: float) -> None:
    """Block this thread; never called on an event loop."""
    time.sleep(seconds)
