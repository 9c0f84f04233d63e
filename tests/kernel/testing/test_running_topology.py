import os
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from maestri.errors import TopologyError
from maestri.testing import CallMade, RunningTopology, free_ports, topology_running
from tests.kernel.runtime.processes import until

TOWN = Path(__file__).parents[1] / "topology" / "fixture_project"
CALLS = Counter(
    {
        CallMade("town.front", "greetings.greet", "ok"): 1,
        CallMade("town.greetings", "phrases.phrase", "ok"): 1,
        CallMade("town.greetings", "greetings.names.name", "ok"): 1,
    }
)


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningTopology]:
    """Return the town, a process per level."""
    with topology_running("split", TOWN, tmp_path_factory.mktemp("split")) as run:
        yield run


def test_a_client_reaches_what_is_exposed(split: RunningTopology) -> None:
    """A client of a component gets the responses of the unit that exposes it."""
    response = split.client("town.front").get("/hello/anna")

    assert 200 == response.status_code
    assert "Good morning, Citizen Anna." in response.json()["text"]


def test_calls_are_gathered_from_all_units(split: RunningTopology) -> None:
    """The calls that a request caused are known whichever process made them."""
    response = split.client("town.front").get("/hello/anna")

    assert CALLS == split.calls(response.headers["x-request-id"])


def test_calls_are_the_same_in_one_process(tmp_path: Path) -> None:
    """The calls of a request do not depend on the topology; everything ends with the body."""
    with topology_running("merged", TOWN, tmp_path) as merged:
        response = merged.client("town.front").get("/hello/anna")
        calls = merged.calls(response.headers["x-request-id"])
        pid = merged.pid("town")

    assert CALLS == calls
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_counters_count_all_units(split: RunningTopology) -> None:
    """Counters are the sum of what all units served."""
    before = split.counters()
    split.client("town.front").get("/hello/anna")

    served = split.counters() - before

    assert {"front.hello": 1, **{call.operation: 1 for call in CALLS}} == served


def test_a_paused_process_keeps_silent_until_it_goes_on(split: RunningTopology) -> None:
    """A paused unit makes its callers wait; after it goes on all is as before."""
    client = split.client("town.front")
    split.pause("services")
    try:
        assert 504 == client.get("/hello/anna").status_code
    finally:
        split.resume("services")

    assert 200 == client.get("/hello/anna").status_code


def test_a_killed_process_comes_back(split: RunningTopology) -> None:
    """A unit that was killed is down at once, and is started again by its supervisor."""
    client, before = split.client("town.front"), split.pid("services")
    split.kill("services")

    assert client.get("/hello/anna").status_code in {502, 503}
    until(lambda: split.processes()["services"].pid not in {before, None}, lambda: "is not started")
    split.wait_until_ready()
    assert 200 == client.get("/hello/anna").status_code


def test_unknown_names_are_refused(split: RunningTopology) -> None:
    """A component, replica or process that does not exist is an error, not a wrong address."""
    with pytest.raises(TopologyError, match=r"town\.nothing"):
        split.url("town.nothing")
    with pytest.raises(TopologyError, match="replica 1"):
        split.url("town.front", 1)
    with pytest.raises(TopologyError, match="nothing"):
        split.pid("nothing")


def test_a_topology_that_cannot_start_says_why(tmp_path: Path) -> None:
    """An error of the launcher is part of the test's error."""
    broken = tmp_path / "broken"
    (broken / "shared" / "topologies").mkdir(parents=True)
    (broken / "pyproject.toml").touch()
    (broken / "shared" / "topologies" / "odd.toml").write_text(
        'title = "Odd"\n[unit.odd]\ncomponents = ["nowhere"]\naddress = "127.0.0.1:1"\n'
    )

    with (
        pytest.raises(TopologyError, match="nowhere"),
        topology_running("odd", broken, tmp_path / "state"),
    ):
        pytest.fail("it has started")


def test_free_ports_are_free() -> None:
    """A port in use is never given; all that are given differ."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        ports = free_ports(50)

        assert 50 == len(set(ports))
        assert taken.getsockname()[1] not in ports
    for port in ports[:3]:
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{port}")
