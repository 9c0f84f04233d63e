import subprocess
import sys
import textwrap

import maestri.composition
from maestri import clock


def test_the_smallest_example_runs() -> None:
    """What the room's docstring shows works as it stands."""
    doc = maestri.composition.__doc__ or ""
    example = doc.split("Smallest example::\n")[1].split("\nNot where state")[0]
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(example)],
        env={"PYTHONPATH": ":".join(sys.path)},
        check=False,
    )

    assert 0 == ended.returncode


def test_virtual_time_jumps_to_the_next_timer() -> None:
    """A minute takes exactly a minute of the loop's clock, and none of ours."""
    from maestri.testing import run_in_virtual_time

    async def wait() -> float:
        await clock.sleep(60.0)
        return clock.now_s()

    before = clock.monotonic_s()

    assert (60.0, True) == (run_in_virtual_time(wait()), clock.monotonic_s() - before < 5.0)
