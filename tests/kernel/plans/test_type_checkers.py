"""
Mistakes in plans are found by mypy and by Pyright, in the line where they are made.

In the files of ``mistakes/`` every mistake carries the codes of both checkers. A checker complains
about a mistake whose code is not named, and about a named code without a mistake: so no complaint
means that the lines and the codes are exactly those that are written down.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FILES = sorted((Path(__file__).parent / "mistakes").glob("*.py"))
MISTAKE = re.compile(r"  # type: ignore\[[\w, -]+\]  # pyright: ignore\[[\w, ]+\]  # .*")
MYPY = ["mypy", "--no-error-summary", "--warn-unused-ignores"]
PYRIGHT = ["pyright", "--pythonpath", sys.executable]


def _for_mypy(text: str) -> str:
    return re.sub(r"  # pyright: ignore\[[\w, ]+\]", "", text)


def _for_pyright(text: str) -> str:
    # Pyright would obey mypy's comments, too.
    own = re.sub(r"  # type: ignore\[[\w, -]+\]", "", text)
    return f"{own}\n# pyright: reportUnnecessaryTypeIgnoreComment=true\n"


def _for_neither(text: str) -> str:
    return MISTAKE.sub("", text)


def _complaints(command: list[str], folder: Path, change: Callable[[str], str]) -> list[str]:
    for file in FILES:
        (folder / file.name).write_text(change(file.read_text()))
    found = subprocess.run(
        [sys.executable, "-m", *command, *sorted(map(str, folder.glob("*.py")))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return re.findall(r"(\w+\.py:\d+).* error: .*", found.stdout)


@pytest.mark.parametrize(
    ("command", "change"),
    [(MYPY, _for_mypy), (PYRIGHT, _for_pyright)],
    ids=["mypy", "pyright"],
)
def test_a_type_checker_finds_exactly_the_mistakes_that_are_named(
    command: list[str], change: Callable[[str], str], tmp_path: Path
) -> None:
    """Every mistake has its codes, in its line; correct plans are clean."""
    assert [] == _complaints(command, tmp_path, change)


@pytest.mark.parametrize("command", [MYPY, PYRIGHT], ids=["mypy", "pyright"])
def test_a_mistake_that_is_not_named_is_found(command: list[str], tmp_path: Path) -> None:
    """Without the comments, each checker complains about each of the lines, and no other."""
    named = {
        f"{file.name}:{number}"
        for file in FILES
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if MISTAKE.search(line)
    }

    assert len(named) >= 50
    assert named == set(_complaints(command, tmp_path, _for_neither))
