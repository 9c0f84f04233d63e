"""What a container says of its component, and what is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from maestri.errors import TopologyError
from maestri.topology import Components
from tests.kernel.topology.written import WrittenComponents

DISK = """
class Disk:
    async def __aenter__(self): return self
    async def __aexit__(self, *_): return None

def open_disk() -> Disk:
    return Disk()
"""


@pytest.fixture
def written(tmp_path: Path) -> Iterator[WrittenComponents]:
    """Return a writer of components for one test."""
    components = WrittenComponents(tmp_path)
    yield components
    components.forget()


def with_lines(written: WrittenComponents, *lines: str) -> str:
    """Write a component whose container has *lines*; return its name."""
    name = written.add("kept", 0, "a")
    container = written.folder / "kept" / "container.py"
    before, start, after = container.read_text(encoding="utf-8").partition("class Container")
    text = f"{before}{DISK}{start}{after}" + "".join(f"    {line}\n" for line in lines)
    container.write_text(text, encoding="utf-8")
    return name


@pytest.mark.parametrize("made", ["Disk", "open_disk"])
def test_resources_are_named_once(written: WrittenComponents, made: str) -> None:
    """A list of what is opened, made by a class or by a function."""
    lines = (f"disk = providers.Singleton({made})", "resources = providers.List(disk)")

    assert Components().info(with_lines(written, *lines)).has_resources


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ("disk = providers.Singleton(open_disk)",),
            "nobody would open `disk` (Disk). Write: resources = providers.List(disk)",
        ),
        (
            ("disk = providers.Singleton(Disk)", "resources = providers.Singleton(list)"),
            "`resources` must be providers.List of what is opened, in that order",
        ),
        (
            ("number = providers.Singleton(int)", "resources = providers.List(number)"),
            "`resources` holds int, which cannot be opened. Give it __aenter__ and __aexit__",
        ),
        (
            ("config = providers.Configuration()",),
            "nobody would fill in `config`. Call it: settings = providers.Configuration()",
        ),
    ],
)
def test_a_wrong_container_is_refused(
    written: WrittenComponents, lines: tuple[str, ...], expected: str
) -> None:
    """What nobody would open, or fill in, is found before anything is built."""
    name = with_lines(written, *lines)
    with pytest.raises(TopologyError) as caught:
        Components().info(name)

    assert str(caught.value) == f"{name}/container.py: {expected}"
