"""The real store in any of its shapes: started by its own launcher, with a state of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

from benchmarks.processes import ROOT, Processes, free_port
from maestri.runtime import ControlRequest, send_request
from maestri.topology import StateDirectory, load_topology

READY = ". Open http"
WEB = "bff_web"
MOBILE = "bff_mobile"


class Unit(NamedTuple):
    """One process of a topology."""

    name: str
    pid: int


class RunningStore:
    """
    A topology of the store that runs until its processes are stopped.

    Attributes:
        url: Where the web shop is.
        mobile_url: Where the screens are.
        units: All processes of ours; neither the launcher nor a third party's server.
        folder: Of the databases.
    """

    def __init__(self, urls: Mapping[str, str], units: tuple[Unit, ...], folder: Path) -> None:
        self.url = urls[WEB]
        self.mobile_url = urls[MOBILE]
        self.units = units
        self.folder = folder

    @property
    def pids(self) -> tuple[int, ...]:
        """The ids of its units' processes."""
        return tuple(unit.pid for unit in self.units)

    @classmethod
    async def start(cls, processes: Processes, name: str, state: Path) -> Self:
        """Start the topology *name* on free ports; its state is kept in the folder *state*."""
        topology = load_topology(name, ROOT, {})
        places: Mapping[str, str] = {
            **{f"MAESTRI_UNIT_{unit.upper()}": _addresses(len(one.addresses))
               for unit, one in topology.units.items()},
            **{f"MAESTRI_EXTERNAL_{server.upper()}": _addresses(1) for server in topology.external},
        }  # fmt: skip
        environment = {**places, "MAESTRI_STATE": str(state)}
        await processes.start(
            f"up {name}", ["-m", "maestri", "up", name], ready=READY, environment=environment
        )
        directory = StateDirectory(ROOT, environment)
        status = send_request(directory, name, ControlRequest("status")).text
        rows = [line.split() for line in status.splitlines()]
        units = tuple(Unit(row[0], int(row[2])) for row in rows if row[0] not in topology.external)
        urls = {
            component: f"http://{places[f'MAESTRI_UNIT_{unit.upper()}']}".partition(",")[0]
            for unit, one in topology.units.items()
            for component in one.exposes
        }
        return cls(urls, units, directory.data)


def _addresses(count: int) -> str:
    return ",".join(f"127.0.0.1:{free_port()}" for _ in range(count))
