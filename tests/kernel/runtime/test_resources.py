"""What components hold open is opened in order, closed in reverse, and asked whether it works."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from maestri.databases import open_database
from maestri.runtime import RunningUnit
from maestri.topology import Resource, Unit


class Noted:
    """A resource that notes what happens to it; it cannot tell whether it works."""

    def __init__(self, name: str, events: list[str], *, breaks: str = "") -> None:
        self.name = name
        self.events = events
        self.breaks = breaks

    async def __aenter__(self) -> None:
        self._note("opens")

    async def __aexit__(self, *_: object) -> None:
        self._note("closes")

    def _note(self, event: str) -> None:
        self.events.append(f"{self.name} {event}")
        if event == self.breaks:
            raise OSError(f"{self.name} {event} badly")


class Silent(Noted):
    """A resource that never answers whether it works."""

    async def healthy(self) -> None:
        """Wait for ever."""
        await asyncio.Event().wait()


def unit_with(resources: Mapping[str, tuple[Resource, ...]]) -> RunningUnit:
    """Return a unit of components that have only resources."""
    return RunningUnit(Unit("one", tuple(resources), ()), {}, resources, None)


async def test_resources_are_closed_in_reverse_order() -> None:
    """Callees before callers, and of one component in the order of its container."""
    events: list[str] = []
    disk, cache, queue = (Noted(name, events) for name in ("disk", "cache", "queue"))
    unit = unit_with({"callee": (disk, cache), "caller": (queue,)})
    await unit.start()
    await unit.aclose()

    opened = ["disk opens", "cache opens", "queue opens"]
    assert events == [*opened, "queue closes", "cache closes", "disk closes"]


async def test_what_was_opened_is_closed_when_the_next_cannot_be() -> None:
    """A start that fails leaves nothing open, and what cannot be opened is not closed."""
    events: list[str] = []
    unit = unit_with({"a": (Noted("disk", events), Noted("cache", events, breaks="opens"))})
    with pytest.raises(OSError, match="cache opens badly"):
        await unit.start()

    assert events == ["disk opens", "cache opens", "disk closes"]
    await unit.aclose()
    assert len(events) == 3


async def test_a_component_without_its_database_file_is_not_ready(tmp_path: Path) -> None:
    """Its unit says so as soon as the file was deleted under it."""
    unit = unit_with({"shelf": (open_database(f"sqlite://{tmp_path}/shelf.db"),)})
    await unit.start()
    before = await unit.not_ready()
    (tmp_path / "shelf.db").unlink()
    (after,) = await unit.not_ready()
    await unit.aclose()

    assert () == before
    assert after.startswith("shelf: sqlite://")
    assert "shelf.db was deleted or replaced" in after


async def test_what_cannot_be_closed_keeps_nothing_else_open(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log has what went wrong, by the component's name; the rest is closed."""
    events: list[str] = []
    unit = unit_with({"a": (Noted("disk", events), Noted("cache", events, breaks="closes"))})
    await unit.start()
    await unit.aclose()

    assert events[-2:] == ["cache closes", "disk closes"]
    assert [record.getMessage() for record in caplog.records] == ["a did not close"]


async def test_who_cannot_tell_is_ready_and_who_keeps_silent_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A resource is asked only if it has ``healthy``, and for so long only."""
    monkeypatch.setattr("maestri.runtime.running_unit.READY_S_MAX", 0.01)
    unit = unit_with({"a": (Noted("disk", []),), "b": (Silent("queue", []),)})
    await unit.start()

    assert [reason.partition(":")[0] for reason in await unit.not_ready()] == ["b"]
    await unit.aclose()
