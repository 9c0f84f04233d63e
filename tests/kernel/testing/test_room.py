import subprocess
import sys
import textwrap

import maestri.testing


def test_the_smallest_example_runs() -> None:
    """What the room's docstring shows works as it stands."""
    doc = maestri.testing.__doc__ or ""
    example = doc.split("Smallest example::\n")[1].split("\nWhen not to use it")[0]

    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(example)],
        env={"PYTHONPATH": ":".join(sys.path)},
        timeout=30,
        check=False,
    )

    assert 0 == done.returncode


def test_fakes_need_no_test_tools() -> None:
    """The room can be imported where neither pytest nor respx is installed."""
    script = "import sys, maestri.testing; print({'pytest', 'respx', 'httpx'} & sys.modules.keys())"

    printed = subprocess.check_output(
        [sys.executable, "-c", script],
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
        timeout=30,
    )

    assert "set()\n" == printed
