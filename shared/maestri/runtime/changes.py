"""Which units a changed file concerns."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from maestri.topology import Topology

SUFFIXES = frozenset({".py", ".toml", ".html", ".jinja", ".css", ".js", ".svg"})
IGNORED = frozenset({"__pycache__", "build", "dist", "node_modules", "tests"})
FILES_MAX = 20_000
SEEN_BY_OTHERS = frozenset({"contract.py", "spi.py"})

Snapshot = Mapping[Path, int]


def snapshot(project: Path) -> Snapshot:
    """Return when each watched file of *project* was last changed; at most 20,000 files."""
    found: dict[Path, int] = {}
    folders = [project]
    while folders and len(found) < FILES_MAX:
        for path in folders.pop().iterdir():
            if path.name.startswith(".") or path.name in IGNORED or path.is_symlink():
                continue
            if path.is_dir():
                folders.append(path)
            elif path.suffix in SUFFIXES:
                found[path] = path.stat().st_mtime_ns
    return found


def changed(before: Snapshot, after: Snapshot) -> tuple[Path, ...]:
    """Return the files that were changed, added or removed."""
    return tuple(
        sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    )


def affected_units(topology: Topology, files: Iterable[Path]) -> tuple[str, ...]:
    """
    Return the units to restart when *files* have changed.

    A file of a component concerns the units that run it; a contract, an SPI or anything outside the
    components concerns all of them.
    """
    affected: set[str] = set()
    for file in files:
        owners = [name for name in topology.components if _within(topology, name, file)]
        if not owners or file.name in SEEN_BY_OTHERS:
            return tuple(topology.units)
        affected |= {unit.name for name in owners for unit in topology.units_of(name)}
    return tuple(name for name in topology.units if name in affected)


def _within(topology: Topology, component: str, file: Path) -> bool:
    return file.is_relative_to(topology.project.joinpath(*component.split(".")))
