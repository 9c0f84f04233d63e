"""Times of day that two machines noted are compared with care."""

import pytest

from maestri import clock


@pytest.mark.parametrize(
    ("then_s", "expected"), [(940.0, 60.0), (1_000.0, 0.0), (1_060.0, 0.0), (1_061.0, -61.0)]
)
def test_a_clock_that_is_a_little_ahead_notes_what_is_new(
    monkeypatch: pytest.MonkeyPatch, then_s: float, expected: float
) -> None:
    """What another machine dated up to 60 s ahead is 0 s old, and not younger than nothing."""
    monkeypatch.setattr(clock, "unix_s", lambda: 1_000.0)

    assert expected == clock.age_s(then_s)
