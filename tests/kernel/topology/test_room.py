"""The room as it shows itself."""

from pathlib import Path

import maestri.topology
from tests.kernel.topology.room_examples import blocks_of, printed_by, project_with_a_greeter


def test_the_smallest_example_runs(tmp_path: Path) -> None:
    """What the room's docstring shows works as it stands."""
    printed = printed_by(blocks_of(maestri.topology)[-1], project_with_a_greeter(tmp_path))

    assert printed == "{'services.greeter': ('http://127.0.0.1:8000/',)}\n"


def test_whoever_looks_at_a_topology_does_not_run_it(tmp_path: Path) -> None:
    """Every component imports this room, so it brings nothing of what runs processes."""
    script = "import sys, maestri.topology; print({'maestri.runtime'} & set(sys.modules))"
    loaded = printed_by(script, tmp_path)

    assert loaded == "set()\n"
