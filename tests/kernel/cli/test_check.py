"""Everything that a start can find without opening a port is found at once, and by all alike."""

import re
from pathlib import Path

import pytest

from tests.kernel.cli.broken_project import ENVIRONMENT, FAULTS, write_broken_project
from tests.kernel.runtime.processes import started


def lines_of(project: Path, *arguments: str) -> tuple[int, list[str]]:
    """Run a command in the project; return exit code and lines."""
    with started(project, ("-m", "maestri", *arguments), ENVIRONMENT) as process:
        code, _ = process.ended()
    return code, process.output.splitlines()


@pytest.mark.parametrize("command", [("check",), ("up", "broken"), ("explain", "broken")])
def test_all_faults_are_told_at_once(tmp_path: Path, command: tuple[str, ...]) -> None:
    """One line for each fault, with its file and line; a start says what a check says."""
    code, lines = lines_of(write_broken_project(tmp_path), *command)

    assert code == 2
    assert [line[: len(fault)] for line, fault in zip(lines, FAULTS, strict=True)] == list(FAULTS)


def test_one_unit_tells_its_own_part(tmp_path: Path) -> None:
    """What is wrong with a unit alone is told in the same words, and all at once, too."""
    project = write_broken_project(tmp_path)
    _, everything = lines_of(project, "check")
    code, lines = lines_of(project, "run", "front", "--topology", "broken")

    elsewhere = re.compile(r"unit\.(stock|other)\.components")
    assert code == 2
    assert lines == [line for line in everything if not elsewhere.search(line)]


def test_a_check_leaves_nothing_behind(tmp_path: Path) -> None:
    """Neither a secret nor a database is made by looking."""
    project = write_broken_project(tmp_path)
    lines_of(project, "check")
    lines_of(project, "up", "broken")

    assert not (project / ".maestri").exists()


def test_a_fault_of_several_topologies_is_told_once(tmp_path: Path) -> None:
    """What is wrong in a component is wrong wherever it runs."""
    project = write_broken_project(tmp_path)
    topologies = project / "shared" / "topologies"
    text = (topologies / "broken.toml").read_text(encoding="utf-8")
    (topologies / "other.toml").write_text(text, encoding="utf-8")
    _, lines = lines_of(project, "check")

    assert len([line for line in lines if line.startswith("shop/front/")]) == 7
    assert "cannot be imported: shop/late/container.py:3: JSONDecodeError" in "\n".join(lines)
    assert len([line for line in lines if line.startswith("MAESTRI_")]) == 3
