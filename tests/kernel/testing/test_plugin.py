import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOWN = Path(__file__).parents[1] / "topology" / "fixture_project"
TESTS = '''
import pytest


def test_everywhere(running_topology):
    """Runs in both."""
    assert 200 == running_topology.client("town.front").get("/hello/anna").status_code


@pytest.mark.topologies("split")
def test_in_one(running_topology):
    """Runs in one."""
    assert "split" == running_topology.name


def test_in_none():
    """Needs no topology."""


def test_again(running_topology):
    """Runs in both, too."""
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the town, in two shapes, with tests of its own."""
    project = tmp_path / "project"
    shutil.copytree(TOWN, project)
    for path in (project / "shared" / "topologies").iterdir():
        if path.stem not in {"merged", "split"}:
            path.unlink()
    (project / "test_town.py").write_text(TESTS)
    return project


def _pytest(project: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(
        command,
        cwd=project,
        env={"PYTHONPATH": ":".join(sys.path), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    return done.stdout + done.stderr


def test_a_test_runs_in_every_topology(project: Path) -> None:
    """Tests run once per topology and grouped by it, the smallest first, others before."""
    output = _pytest(project)

    ran = [line.split("::")[1].split()[0] for line in output.splitlines() if "PASSED" in line]
    assert [
        "test_in_none",
        "test_everywhere[merged]",
        "test_again[merged]",
        "test_everywhere[split]",
        "test_in_one[split]",
        "test_again[split]",
    ] == ran, output


def test_one_topology_can_be_chosen(project: Path) -> None:
    """``--topology`` leaves all others out; what needs no topology still runs."""
    output = _pytest(project, "--topology", "merged", "--collect-only", "-q")

    assert "test_everywhere[merged]" in output
    assert "test_in_none" in output
    assert "split]" not in output


def test_the_configuration_names_project_and_topologies(project: Path, tmp_path: Path) -> None:
    """The project may lie below the folder of the tests, and not all topologies be tested."""
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmaestri_project = project\nmaestri_topologies =\n    split\n"
    )
    shutil.move(project / "test_town.py", tmp_path)

    output = _pytest(tmp_path, "--collect-only", "-q")

    assert "test_everywhere[split]" in output
    assert "merged]" not in output
