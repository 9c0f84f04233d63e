"""
The pytest plugin: a test that asks for ``running_topology`` runs in every topology.

::

    def test_home(running_topology: RunningTopology) -> None:
        '''The front page comes.'''
        assert 200 == running_topology.client("bff_web").get("/").status_code

Each topology is started when its first test runs, on free ports and a copy of one filled data
directory, and is stopped before the next one starts. Tests are ordered by topology, the one with
the fewest units first, after all tests without one. ``@pytest.mark.topologies("merged")`` narrows a
test, ``--topology merged`` a run; ``maestri_topologies`` and ``maestri_project`` in the
configuration say which there are and where. Strict mode is on.

``--sample-topologies`` runs a test marked ``@pytest.mark.sampled(n)`` in the topologies that
``maestri_topologies_in_full`` lists, and in *n* of the others, drawn by its name: the same ones in
every run, other ones for other tests.
"""

import shutil
import zlib
from collections.abc import Generator
from pathlib import Path

import pytest

from maestri.testing.running_topology import RunningTopology, topology_running
from maestri.topology import load_topology, topology_names

FIXTURE = "running_topology"
MARKER = "topologies"
SAMPLED = "sampled"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the choice of topologies."""
    parser.addini("maestri_project", "Folder of the project with the topologies.", default="")
    parser.addini(
        "maestri_topologies", "Topologies that tests run in; all by default.", type="linelist"
    )
    parser.addini(
        "maestri_topologies_in_full",
        "Topologies that sampled tests run in, whatever is drawn.",
        type="linelist",
    )
    group = parser.getgroup("maestri")
    group.addoption(
        "--sample-topologies",
        action="store_true",
        help="Run tests marked as sampled in some topologies only.",
    )
    group.addoption(
        "--topology",
        action="append",
        default=[],
        metavar="NAME",
        help="Run tests of topologies in this one only; may be repeated.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    config.addinivalue_line("markers", f"{MARKER}(*names): the topologies that a test runs in.")
    config.addinivalue_line(
        "markers", f"{SAMPLED}(count): how many topologies are drawn for a test in a sampled run."
    )


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which topologies get a sample only."""
    if not config.getoption("--sample-topologies"):
        return None
    in_full: list[str] = config.getini("maestri_topologies_in_full")
    others = (name for name in chosen_topologies(config) if name not in in_full)
    return f"topologies: {', '.join(in_full)} in full; a sample in {', '.join(others)}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for the fixture once per topology."""
    if FIXTURE not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker(MARKER)
    chosen = metafunc.config.getoption("--topology")
    names = [
        name
        for name in chosen_topologies(metafunc.config)
        if (marker is None or name in marker.args) and (not chosen or name in chosen)
    ]
    metafunc.parametrize(FIXTURE, names, indirect=True, scope="session")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Draw the sample, and order tests by topology: each is started once, never two at a time."""
    if not any(_topology_of(item) for item in items):
        return
    names = chosen_topologies(config)
    order = {name: number for number, name in enumerate(names)}
    items.sort(key=lambda item: order.get(_topology_of(item), -1))
    if config.getoption("--sample-topologies"):
        in_full: list[str] = config.getini("maestri_topologies_in_full")
        drawn = [item for item in items if _is_drawn(item, in_full, names)]
        config.hook.pytest_deselected(items=list(set(items).difference(drawn)))
        items[:] = drawn


@pytest.fixture(scope="session")
def filled_data(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data directory as a topology leaves it after its first start."""
    state = tmp_path_factory.mktemp("filled")
    with topology_running(chosen_topologies(request.config)[0], project_of(request.config), state):
        pass
    return state / "data"


@pytest.fixture(scope="session")
def running_topology(
    request: pytest.FixtureRequest, filled_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Generator[RunningTopology]:
    """Run the topology of the tests that are due, on its own copy of the data."""
    name: str = request.param
    state = tmp_path_factory.mktemp(name)
    if filled_data.is_dir():
        shutil.copytree(filled_data, state / "data")
    with topology_running(name, project_of(request.config), state) as run:
        yield run


def project_of(config: pytest.Config) -> Path:
    """Return the folder of the project whose topologies are tested."""
    return config.rootpath / str(config.getini("maestri_project"))


def chosen_topologies(config: pytest.Config) -> tuple[str, ...]:
    """Return the names of the topologies to test, the one with the fewest units first."""
    project = project_of(config)
    listed: list[str] = config.getini("maestri_topologies")
    return tuple(
        sorted(
            listed or topology_names(project),
            key=lambda name: (len(load_topology(name, project, {}).units), name),
        )
    )


def _topology_of(item: pytest.Item) -> str:
    callspec = getattr(item, "callspec", None)
    return "" if callspec is None else str(callspec.params.get(FIXTURE, ""))


def _is_drawn(item: pytest.Item, in_full: list[str], names: tuple[str, ...]) -> bool:
    topology, marker = _topology_of(item), item.get_closest_marker(SAMPLED)
    if marker is None or not topology or topology in in_full:
        return True
    # Each test ranks the topologies in an order of its own, which no other test can change.
    test = f"{item.path.stem} {item.name.replace(topology, '*')}"
    others = (name for name in names if name not in in_full)
    ranked = sorted(others, key=lambda name: zlib.crc32(f"{test} {name}".encode()))
    return topology in ranked[: marker.args[0]]
