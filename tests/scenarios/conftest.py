"""The store of a scenario, and what all scenarios did in all topologies."""

from collections.abc import Iterator

import pytest

from maestri.testing import RunningTopology
from tests.scenarios.store_under_test import Recordings, Store

LAST = ("test_same_everywhere", "test_openapi", "test_withstands")
"""Files that come after the scenarios, in this order: the first compares what those did."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the files in LAST come last."""
    items.sort(key=lambda item: LAST.index(item.path.stem) + 1 if item.path.stem in LAST else 0)


@pytest.fixture(scope="session")
def recorded() -> Recordings:
    """Return the recordings of every scenario: by topology, then by scenario."""
    return {}


@pytest.fixture(scope="session")
def visited(running_topology: RunningTopology, recorded: Recordings) -> RunningTopology:
    """Show somebody foreign prices first: who does so fetches the rates, whichever scenario ran."""
    store = Store(running_topology)
    store.web().json("/api/home?currency=USD")
    store.close()
    recorded.setdefault(running_topology.name, {})["the first visit"] = store.recordings
    return running_topology


@pytest.fixture
def store(
    request: pytest.FixtureRequest, visited: RunningTopology, recorded: Recordings
) -> Iterator[Store]:
    """Return the store in the topology that is due; what scenarios of all topologies do is kept."""
    store = Store(visited)
    yield store
    store.close()
    if request.node.get_closest_marker("topologies") is None:
        scenario = f"{request.path.stem}: {request.node.name.replace(visited.name, '*')}"
        recorded.setdefault(visited.name, {})[scenario] = store.recordings
