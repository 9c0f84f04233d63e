"""What goes on for long is told from time to time, and counted in between."""

import logging

import pytest

from maestri import clock
from maestri.context import RateLimitedLog
from maestri.context.rate_limited_log import INTERVAL_S, KEYS_MAX


class Lines:
    """A log whose clock is moved by hand, and what was written into it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
        self.now_s = 0.0
        self._caplog = caplog
        self.limited = RateLimitedLog(logging.getLogger("test.rate_limited"))
        monkeypatch.setattr(clock, "monotonic_s", lambda: self.now_s)

    @property
    def written(self) -> list[str]:
        """All lines so far."""
        return [record.getMessage() for record in self._caplog.records]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Lines:
    """Return a log at the time 0."""
    return Lines(monkeypatch, caplog)


def test_the_first_warning_of_each_cause_is_written_at_once(lines: Lines) -> None:
    """Another cause does not wait for the first one."""
    for cause in ("a", "b", "a"):
        lines.limited.warning(cause, f"{cause} goes on")

    assert ["a goes on", "b goes on"] == lines.written


def test_the_next_line_tells_how_many_there_were(lines: Lines) -> None:
    """A cause has one line in 10 s; what was not written is counted in the next one."""
    for now_s in (0.0, 1.0, INTERVAL_S - 0.1, INTERVAL_S, INTERVAL_S + 1, 2 * INTERVAL_S):
        lines.now_s = now_s
        lines.limited.warning("a", "it goes on")

    assert [
        "it goes on",
        "it goes on (2 more since the last line)",
        "it goes on (1 more since the last line)",
    ] == lines.written


def test_so_many_causes_are_remembered(lines: Lines) -> None:
    """The cause that was quiet for longest is forgotten, and begins anew."""
    for number in range(KEYS_MAX):
        lines.limited.warning(f"{number}", "it begins")
    lines.limited.warning("0", "it goes on")
    lines.limited.warning("new", "it begins")
    before = len(lines.written)

    lines.limited.warning("0", "it goes on")
    lines.limited.warning("1", "it begins again")

    assert (KEYS_MAX + 1, ["it begins again"]) == (before, lines.written[before:])
