"""How a running launcher is found and asked."""

import asyncio
import os
from pathlib import Path

import pytest

from maestri.errors import TopologyError
from maestri.runtime import (
    ControlRequest,
    ControlResponse,
    LauncherRecord,
    running_record,
    send_request,
)
from maestri.runtime.control import serve_control
from maestri.topology import StateDirectory


def state_of(folder: Path) -> StateDirectory:
    """Return a state directory, at a path that is too long for a socket's name."""
    return StateDirectory(folder, {"MAESTRI_STATE": str(folder / ("long" * 30))})


def record(topology: str = "one", pid: int | None = None) -> LauncherRecord:
    """Return the record of a launcher, by default of this process."""
    return LauncherRecord(
        topology,
        os.getpid() if pid is None else pid,
        "token",
        {"web": ("[::1]:80",)},
        {"web": ("unix:/web.sock",)},
    )


async def handle(request: ControlRequest) -> ControlResponse:
    """Answer what was asked."""
    return ControlResponse(ok=True, text=f"{request.command} {request.unit}")


async def test_a_launcher_serves_requests(tmp_path: Path) -> None:
    """An order goes to the launcher and comes back as its response, whatever the folder's name."""
    state = state_of(tmp_path)
    async with serve_control(state.run("one"), record(), handle):
        response = await asyncio.to_thread(
            send_request, state, None, ControlRequest("restart", "web")
        )

    assert response == ControlResponse(ok=True, text="restart web")


async def test_a_topology_runs_once_in_a_place(tmp_path: Path) -> None:
    """A second launcher is refused, and the first still answers."""
    state = state_of(tmp_path)
    async with serve_control(state.run("one"), record(), handle):
        with pytest.raises(TopologyError, match="one runs here already"):
            async with serve_control(state.run("one"), record(), handle):
                pass
        response = await asyncio.to_thread(send_request, state, "one", ControlRequest("status"))

    assert response.ok


async def test_what_a_killed_launcher_left_is_in_nobody_s_way(tmp_path: Path) -> None:
    """A socket that nobody answers is replaced; a record of a dead process is no topology."""
    state = state_of(tmp_path)
    async with serve_control(state.run("one"), record(pid=2**22 + 1), handle):
        with pytest.raises(TopologyError, match="no topology runs here"):
            running_record(state)
        (state.run("two")).mkdir()
        (state.run("one") / "control.sock").rename(state.run("two") / "control.sock")
    async with serve_control(state.run("two"), record("two"), handle):
        assert running_record(state).topology == "two"


async def test_of_several_topologies_one_must_be_named(tmp_path: Path) -> None:
    """Where two run, the message names them and the option."""
    state = state_of(tmp_path)
    async with (
        serve_control(state.run("one"), record("one"), handle),
        serve_control(state.run("two"), record("two"), handle),
    ):
        with pytest.raises(TopologyError, match="one, two run here"):
            running_record(state)
        assert running_record(state, "two").topology == "two"
