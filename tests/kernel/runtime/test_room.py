"""The room as it shows itself."""

from pathlib import Path

import maestri.runtime
from tests.kernel.topology.room_examples import blocks_of, printed_by, project_with_a_greeter


def test_the_smallest_example_runs(tmp_path: Path) -> None:
    """What the room's docstring shows works as it stands."""
    script = (
        f"{blocks_of(maestri.runtime)[0]}\n"
        "import asyncio; print(asyncio.run(components_ready(Path.cwd())))"
    )
    printed = printed_by(script, project_with_a_greeter(tmp_path))

    assert printed == "('services.greeter',)\n"
