import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

TOWN = Path(__file__).parents[1] / "topology" / "fixture_project"
PLUGIN = "maestri.testing.plugin"
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
    # The plugins of the tests outside would take longer to load than these tests to run.
    command = [sys.executable, "-m", "pytest", "-v", "-p", PLUGIN, "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *arguments],
        cwd=project,
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
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


SAMPLED = '''
import pytest

pytestmark = pytest.mark.sampled(1)


@pytest.mark.parametrize("case", range(20))
def test_drawn(running_topology, case):
    """Runs in a sample."""


@pytest.mark.sampled(0)
def test_in_full_only(running_topology):
    """Runs where everything runs."""
'''


@pytest.fixture
def sampled(project: Path) -> Path:
    """Return the town in three shapes; of its tests everything runs in one of them."""
    shutil.copy(TOWN / "shared" / "topologies" / "doubled.toml", project / "shared" / "topologies")
    (project / "test_town.py").write_text(SAMPLED)
    (project / "pytest.ini").write_text("[pytest]\nmaestri_topologies_in_full = merged\n")
    return project


def _chosen(project: Path, *arguments: str) -> list[str]:
    output = _pytest(project, "--collect-only", "-q", *arguments)
    return re.findall(r"test_\w+\[[\w-]+\]", output)


def test_a_sample_is_small_and_covers_every_topology(sampled: Path) -> None:
    """A sampled test runs in the topologies in full and in as many others as its marker says."""
    chosen = _chosen(sampled, "--sample-topologies")
    ran = Counter(name.replace("-", "]").partition("]")[0] for name in chosen)

    assert {"test_drawn[merged": 20, "test_in_full_only[merged": 1} == {
        name: count for name, count in ran.items() if "merged" in name
    }
    assert 20 == ran["test_drawn[doubled"] + ran["test_drawn[split"]
    assert 0 < ran["test_drawn[doubled"] < 20
    assert len(chosen) == 41


def test_a_sample_is_the_same_in_every_run(sampled: Path) -> None:
    """What is drawn for a test depends on its name alone: neither on chance nor on other tests."""
    whole = _chosen(sampled, "--sample-topologies")
    alone = _chosen(sampled, "--sample-topologies", "-k", "7 or 9")

    assert 8 == len(alone)
    assert [name for name in whole if name in alone] == alone


def test_without_the_option_everything_runs_everywhere(sampled: Path) -> None:
    """Only a sampled run leaves anything out."""
    assert 63 == len(_chosen(sampled))
