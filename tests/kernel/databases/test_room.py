import subprocess
import sys
import textwrap

import maestri.databases


def test_the_smallest_example_runs() -> None:
    """What the room's docstring shows works as it stands."""
    doc = maestri.databases.__doc__ or ""
    example = doc.split("Smallest example::\n")[1].split("\nWhen not to use it")[0]
    printed = subprocess.check_output(
        [sys.executable, "-c", textwrap.dedent(example)],
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )

    assert printed == "(Product(sku='TEA-1', price_minor=450),)\n"


def test_public_names_are_sorted() -> None:
    """The room's names are a sorted list."""
    assert maestri.databases.__all__ == sorted(maestri.databases.__all__)
