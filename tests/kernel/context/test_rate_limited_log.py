"""What goes on for long makes one line in ten seconds, with a count."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from maestri import clock
from maestri.context import RateLimitedLog
from maestri.context.rate_limited_log import KEYS_MAX
from maestri.testing import run_in_virtual_time

log = logging.getLogger("maestri.test")
Scene = Callable[[RateLimitedLog], Awaitable[None]]


def lines(scene: Scene, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what is written in a scene, in virtual time."""

    async def play() -> None:
        await scene(RateLimitedLog(log))

    run_in_virtual_time(play())
    return [record.getMessage() for record in caplog.records]


def test_a_burst_makes_two_lines(caplog: pytest.LogCaptureFixture) -> None:
    """The first is written at once, the others are counted, though none comes afterwards."""

    async def burst(warnings: RateLimitedLog) -> None:
        for _ in range(159):
            warnings.warning("catalog", "catalog: connection refused")
        await clock.sleep(60)

    assert [
        "catalog: connection refused",
        "catalog: connection refused, 158 times in the last 10 s",
    ] == lines(burst, caplog)


def test_what_goes_on_makes_a_line_in_ten_seconds(caplog: pytest.LogCaptureFixture) -> None:
    """Each line tells what came since the one before; a pause makes the next one a first again."""

    async def lasting(warnings: RateLimitedLog) -> None:
        for _ in range(25):
            warnings.warning("catalog", "down")
            await clock.sleep(1)
        await clock.sleep(60)
        warnings.warning("catalog", "down")

    counts = ["down", *(f"down, {n} times in the last 10 s" for n in (9, 10, 5)), "down"]
    found = lines(lasting, caplog)
    assert counts[0] == found[0]
    assert counts[-1] == found[-1]
    assert 24 == sum(int(line.split()[1]) for line in found[1:-1])
    assert len(counts) == len(found)


def test_causes_have_lines_of_their_own(caplog: pytest.LogCaptureFixture) -> None:
    """One cause does not silence another, nor is it counted as that."""

    async def two(warnings: RateLimitedLog) -> None:
        for key in ("a", "b", "a"):
            warnings.warning(key, key)
        await clock.sleep(60)

    assert ["a", "b", "a, once in the last 10 s"] == lines(two, caplog)


def test_so_many_causes_are_remembered(caplog: pytest.LogCaptureFixture) -> None:
    """The one that was quiet for longest is forgotten; what of it was not told is told then."""

    async def many(warnings: RateLimitedLog) -> None:
        for key in ("0", "0", *map(str, range(1, KEYS_MAX)), "1", "new", "1", "newer", "0"):
            warnings.warning(key, key)

    once = "once in the last 10 s"
    assert ["new", f"0, {once}", "newer", "0"] == lines(many, caplog)[KEYS_MAX:]


def test_without_a_loop_the_next_warning_tells(caplog: pytest.LogCaptureFixture) -> None:
    """A thread without a loop has no timer; what it counted is told with what comes next."""
    warnings = RateLimitedLog(log, interval_s=0.0)
    for _ in range(3):
        warnings.warning("disk", "full")

    assert ["full", *["full, once in the last 0 s"] * 2] == [
        record.getMessage() for record in caplog.records
    ]


def test_a_loop_that_has_ended_silences_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """What was counted when its loop ended is told by the next one."""
    warnings = RateLimitedLog(log, interval_s=0.0)

    async def warn() -> None:
        warnings.warning("disk", "full")

    for _ in range(2):
        asyncio.run(warn())

    assert 2 == len(caplog.records)
