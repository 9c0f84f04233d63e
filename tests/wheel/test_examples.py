"""What the documents show runs, and passes the checkers with the setting that they name."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.wheel.examples import DOCUMENTS, PROJECT, ROOMS, example_of, programs_of

MYPY = ["mypy", "--strict", "--no-error-summary", "--disable-error-code", "empty-body"]
PYRIGHT = ["pyright", "--pythonpath", sys.executable]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_programs_of_a_document_run(document: str, tmp_path: Path) -> None:
    """What a reader copies works, and there is something to copy."""
    programs = programs_of(document)

    assert programs
    for number, program in enumerate(programs):
        script = tmp_path / f"program_{number}.py"
        script.write_text(program, encoding="utf-8")
        run = subprocess.run(
            [sys.executable, str(script)], capture_output=True, text=True, check=False
        )
        assert (0, "") == (run.returncode, run.stderr)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("command", [MYPY, PYRIGHT], ids=["mypy", "pyright"])
def test_the_checkers_have_nothing_against_the_examples(command: list[str], tmp_path: Path) -> None:
    """Only mypy needs to be told that operations have no bodies."""
    examples = {f"room_{room}": example_of(room) for room in ROOMS}
    for document in DOCUMENTS:
        for number, program in enumerate(programs_of(document)):
            examples[f"{document.partition('.')[0].lower()}_{number}"] = program
    files = [tmp_path / f"{name}.py" for name in examples]
    for file, text in zip(files, examples.values(), strict=True):
        file.write_text(text, encoding="utf-8")

    run = subprocess.run(
        [sys.executable, "-m", *command, *map(str, files)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == run.returncode, run.stdout
