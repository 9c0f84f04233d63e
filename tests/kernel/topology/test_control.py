"""How a running launcher is found and asked."""

import asyncio
import os
from pathlib import Path

import pytest

from maestri.errors import TopologyError
from maestri.topology import Order, Record, Response, StateDirectory, ask, running
from maestri.topology.control import controlled


def state_of(folder: Path) -> StateDirectory:
    """Return a state directory, at a path that is too long for a socket's name."""
    return StateDirectory(folder, {"MAESTRI_STATE": str(folder / ("long" * 30))})


def record(topology: str = "one", pid: int | None = None) -> Record:
    """Return the record of a launcher, by default of this process."""
    return Record(topology, os.getpid() if pid is None else pid, "token", {"web": ("[::1]:80",)})


def obey(order: Order) -> Response:
    """Answer what was asked."""
    return Response(ok=True, text=f"{order.command} {order.unit}")


async def test_a_launcher_answers_orders(tmp_path: Path) -> None:
    """An order goes to the launcher and comes back as its response, whatever the folder's name."""
    state = state_of(tmp_path)
    async with controlled(state.run("one"), record(), obey):
        response = await asyncio.to_thread(ask, state, None, Order("restart", "web"))

    assert response == Response(ok=True, text="restart web")


async def test_a_topology_runs_once_in_a_place(tmp_path: Path) -> None:
    """A second launcher is refused, and the first still answers."""
    state = state_of(tmp_path)
    async with controlled(state.run("one"), record(), obey):
        with pytest.raises(TopologyError, match="one runs here already"):
            async with controlled(state.run("one"), record(), obey):
                pass
        response = await asyncio.to_thread(ask, state, "one", Order("status"))

    assert response.ok


async def test_what_a_killed_launcher_left_is_in_nobody_s_way(tmp_path: Path) -> None:
    """A socket that nobody answers is replaced; a record of a dead process is no topology."""
    state = state_of(tmp_path)
    async with controlled(state.run("one"), record(pid=2**22 + 1), obey):
        with pytest.raises(TopologyError, match="no topology runs here"):
            running(state)
        (state.run("two")).mkdir()
        (state.run("one") / "control.sock").rename(state.run("two") / "control.sock")
    async with controlled(state.run("two"), record("two"), obey):
        assert running(state).topology == "two"


async def test_of_several_topologies_one_must_be_named(tmp_path: Path) -> None:
    """Where two run, the message names them and the option."""
    state = state_of(tmp_path)
    async with (
        controlled(state.run("one"), record("one"), obey),
        controlled(state.run("two"), record("two"), obey),
    ):
        with pytest.raises(TopologyError, match="one, two run here"):
            running(state)
        assert running(state, "two").topology == "two"
