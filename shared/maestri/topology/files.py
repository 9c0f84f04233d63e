"""Topology files are read strictly: whatever is not understood is told by file, line and key."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from maestri.errors import TopologyError
from maestri.topology.addresses import (
    WrongAddress,
    cannot_listen,
    read_address,
    read_internal_address,
)
from maestri.topology.bounds import TABLES, Bounds, Numbers, bounds_in, read_bounds
from maestri.topology.entries import (
    ExternalEntry,
    SharedEntry,
    TopologyEntry,
    UnitEntry,
    close_to,
    converted,
)
from maestri.topology.findings import Finding, Place, place_of, raise_for_findings
from maestri.topology.placement import (
    PORT_MAX,
    Address,
    ExternalService,
    InternalAddress,
    SocketFile,
    Topology,
    Unit,
)
from maestri.topology.project import TOPOLOGIES, StateDirectory
from maestri.topology.toml_lines import lines_of_keys

REPLICAS_MAX = 64
UNREAD = Address("", 0)
"""Stands where an address is wrong, so that all else can be looked at."""


def topology_names(project: Path) -> tuple[str, ...]:
    """Return the names of the topologies of *project*, sorted."""
    return tuple(sorted(path.stem for path in (project / TOPOLOGIES).glob("*.toml")))


def load_topology(
    name: str, project: Path, environment: Mapping[str, str] | None = None
) -> Topology:
    """
    Return the topology *name* of *project*; see ``read_topology``.

    Raises:
        TopologyError: There is no such file, or it is wrong; names every wrong key at once.
    """
    topology = read_topology(name, project, environment)
    raise_for_findings(topology.findings)
    return topology


def read_topology(
    name: str, project: Path, environment: Mapping[str, str] | None = None
) -> Topology:
    """
    Return the topology *name* of *project* as far as it can be read, and what is wrong with it.

    A file may extend a part, ``extends = "parts/NAME.toml"``: external services, bindings, settings
    and bounds that several topologies have in common. Its own lines win. Bounds of servers and of
    calls stand in ``[server]`` and ``[links]``, or for one unit in ``[unit.NAME.server]`` and
    ``[unit.NAME.links]``.

    Args:
        name: Of the file, without ``.toml``.
        project: The project's folder.
        environment: ``MAESTRI_UNIT_<NAME>`` replaces a unit's addresses,
            ``MAESTRI_INTERNAL_<NAME>`` those for other units and operators where clients have their
            own, ``MAESTRI_EXTERNAL_<NAME>`` that of an external service, and
            ``MAESTRI_SERVER_<BOUND>`` and ``MAESTRI_LINKS_<BOUND>`` the bounds of all units. None
            means the process's own.

    Raises:
        TopologyError: There is no such file.
    """
    path = project / TOPOLOGIES / f"{name}.toml"
    names = topology_names(project)
    if name not in names:
        raise TopologyError(
            f"{TOPOLOGIES}: has no topology {name!r}.{close_to(name, names)} "
            f"There are: {', '.join(names) or 'none'}."
        )
    environment = dict(os.environ if environment is None else environment)
    return _Reading(Topology(name, "", path, project, {}, environment=environment)).read()


class _Part(NamedTuple):
    """What a file says, and where."""

    raw: dict[str, Any]
    places: dict[str, Place]


class _Reading:
    """Reads one topology and gathers everything that is wrong with it."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._places: dict[str, Place] = {}
        self._findings: list[Finding] = []
        self._bounds: Mapping[str, Numbers] = {}
        self._given: Mapping[str, Numbers] = {}

    def read(self) -> Topology:
        own = self._parsed(self._topology.path)
        if own is None:
            return replace(self._topology, findings=tuple(self._findings), is_partial=True)
        self._places.update(own.places)
        # Without required fields there always is an entry.
        entry = converted(own.raw, TopologyEntry, "", self._tell) or TopologyEntry()
        if "title" not in own.raw:
            self._tell("title", "is missing", "Say in a few words what this shape is")
        self._read(entry, self._shared(entry.extends))
        return replace(self._topology, findings=tuple(self._findings), places=self._places)

    def _read(self, entry: TopologyEntry, shared: SharedEntry) -> None:
        self._bounds = {
            table: {
                **read_bounds(table, getattr(shared, table), table, self._tell),
                **read_bounds(table, getattr(entry, table), table, self._tell),
            }
            for table in TABLES
        }
        self._given = {
            table: bounds_in(self._topology.environment, table, self._tell) for table in TABLES
        }
        units = {name: self._unit(name, raw) for name, raw in entry.unit.items()}
        if not units:
            self._tell("unit", "has no unit", "Add [unit.NAME] with components and an address")
        all_external = {**shared.external, **entry.external}
        external = {name: self._external(name, raw) for name, raw in all_external.items()}
        settings = {
            name: {**shared.setting.get(name, {}), **entry.setting.get(name, {})}
            for name in (*shared.setting, *entry.setting)
        }
        self._topology = replace(
            self._topology,
            title=entry.title,
            units={name: unit for name, unit in units.items() if unit},
            external={name: server for name, server in external.items() if server},
            bind={**shared.bind, **entry.bind},
            settings=settings,
            is_partial=not (units and all(units.values()) and all(external.values())),
        )

    def _shared(self, extends: str) -> SharedEntry:
        """Return what the extended part says; nothing if there is none."""
        if not extends:
            return SharedEntry()
        path = self._topology.path.parent / extends
        if not path.is_file():
            known = sorted(
                one.relative_to(path.parent.parent).as_posix()
                for one in path.parent.glob("*.toml")
                if one != self._topology.path
            )
            self._tell(
                "extends",
                f"there is no {extends}",
                f"Name a file, from the folder of this one.{close_to(extends, known)}",
            )
            return SharedEntry()
        own = self._places
        part = self._parsed(path)
        if part is None:
            self._places = own
            return SharedEntry()
        self._places = part.places
        entry = converted(part.raw, SharedEntry, "", self._tell)
        # What the topology writes itself is found there.
        self._places = {**part.places, **own}
        return entry or SharedEntry()

    def _parsed(self, path: Path) -> _Part | None:
        file = self._topology.path_in_project(path)
        self._places = {}
        text = ""
        try:
            text = path.read_text(encoding="utf-8")
            raw = tomllib.loads(text)
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            found = re.search(r"at line (\d+)", str(error))
            # Without a line it is the end of the document that was not expected.
            line = int(found[1]) if found else len(text.splitlines())
            self._findings.append(Finding(file, "", f"is no TOML: {error}", "Fix the line", line))
            return None
        lines = lines_of_keys(text)
        return _Part(raw, {key: Place(file, line) for key, line in lines.items()})

    def _unit(self, name: str, raw: Any) -> Unit | None:
        key = f"unit.{name}"
        entry = converted(raw, UnitEntry, key, self._tell)
        if entry is None:
            return None
        if not entry.components:
            self._tell(
                f"{key}.components", "is empty", "Name at least one component, or drop the unit"
            )
        if not 1 <= entry.replicas <= REPLICAS_MAX:
            self._tell(
                f"{key}.replicas",
                f"is {entry.replicas}",
                f"Write a number from 1 to {REPLICAS_MAX}",
            )
        for field, names in (("components", entry.components), ("exposes", entry.exposes)):
            for twice in sorted({one for one in names if names.count(one) > 1}):
                self._tell(f"{key}.{field}", f"names {twice} twice", "Name it once")
        addresses = self._addresses(key, name, entry)
        return Unit(
            name,
            entry.components,
            addresses,
            entry.exposes,
            self._internal(key, name, entry, addresses),
            self._bounds_of(key, entry),
        )

    def _internal(
        self, key: str, name: str, entry: UnitEntry, addresses: tuple[Address, ...]
    ) -> tuple[InternalAddress, ...]:
        """Return where other units and operators reach a unit, beside its clients."""
        variable = variable_of("MAESTRI_INTERNAL", name)
        given = self._topology.environment.get(variable)
        if not entry.exposes:
            if entry.internal or given is not None:
                at = f"{key}.internal" if entry.internal else variable
                problem = "is for a unit with clients; this one exposes nothing"
                self._tell(at, problem, f"Drop it: {key}.address is where other units reach it")
            return addresses
        if given is not None:
            texts = given.split(",")
            if len(texts) != len(addresses):
                problem = f"has {len(texts)} addresses for {len(addresses)} replicas"
                self._tell(variable, problem, "Give each replica one, with commas between")
            read = [self._internal_address(variable, text) for text in texts]
            return tuple(one for one in read if one)
        if entry.internal:
            first = self._internal_address(f"{key}.internal", entry.internal)
            many = [first and self._internal_replica(key, first, k) for k in range(len(addresses))]
            return tuple(one for one in many if one)
        state = StateDirectory(self._topology.project, self._topology.environment)
        return tuple(
            SocketFile(state.socket_file(self._topology.name, f"{name}.{k}"))
            for k in range(len(addresses))
        )

    def _internal_replica(
        self, key: str, first: InternalAddress, replica: int
    ) -> InternalAddress | None:
        if isinstance(first, SocketFile):
            return SocketFile(f"{first.file}.{replica}") if replica else first
        return self._replica(key, first, replica)

    def _internal_address(self, key: str, text: str) -> InternalAddress | None:
        read = read_internal_address(text)
        wrong = read if isinstance(read, WrongAddress) else cannot_listen(read)
        if wrong is not None:
            self._tell(key, wrong.problem, wrong.remedy)
        return None if isinstance(read, WrongAddress) else read

    def _bounds_of(self, key: str, entry: UnitEntry) -> Bounds:
        """Return the bounds of a unit: the environment's, its own, those of all units."""
        found = {
            table: {
                **self._bounds[table],
                **read_bounds(table, getattr(entry, table), f"{key}.{table}", self._tell),
                **self._given[table],
            }
            for table in TABLES
        }
        return Bounds(**found)

    def _addresses(self, key: str, name: str, entry: UnitEntry) -> tuple[Address, ...]:
        variable = variable_of("MAESTRI_UNIT", name)
        given = self._topology.environment.get(variable)
        if given is not None:
            found = [self._address(variable, text, listens=True) for text in given.split(",")]
        else:
            first = self._address(
                f"{key}.address", entry.address, f"or set {variable}", listens=True
            )
            count = min(max(1, entry.replicas), REPLICAS_MAX)
            found = [first and self._replica(key, first, k) for k in range(count)]
        return tuple(one for one in found if one)

    def _replica(self, key: str, first: Address, replica: int) -> Address | None:
        if first.port + replica > PORT_MAX:
            self._tell(
                f"{key}.replicas",
                f"needs the port {first.port + replica}",
                f"Stay below {PORT_MAX + 1}",
            )
            return None
        return first._replace(port=first.port + replica)

    def _external(self, name: str, raw: Any) -> ExternalService | None:
        key = f"external.{name}"
        entry = converted(raw, ExternalEntry, key, self._tell)
        if entry is None:
            return None
        variable = variable_of("MAESTRI_EXTERNAL", name)
        given = self._topology.environment.get(variable)
        address = self._address(variable if given else f"{key}.address", given or entry.address)
        if ":" not in entry.contract:
            self._tell(
                f"{key}.contract", f"{entry.contract!r} names no class", "Write module:Class"
            )
        # A server that the environment places elsewhere is not started here.
        command = () if given else entry.command
        return ExternalService(name, entry.contract, address or UNREAD, command, entry.health)

    def _address(
        self, key: str, text: str, otherwise: str = "", *, listens: bool = False
    ) -> Address | None:
        read = read_address(text)
        wrong = read if isinstance(read, WrongAddress) else cannot_listen(read) if listens else None
        if wrong is not None:
            self._tell(key, wrong.problem, ", ".join(filter(None, (wrong.remedy, otherwise))))
        return None if isinstance(read, WrongAddress) else read

    def _tell(self, key: str, problem: str, remedy: str) -> None:
        if key.startswith("MAESTRI_"):
            self._findings.append(Finding("", key, problem, remedy))
            return
        place = place_of(self._places, key) or Place(self._topology.file)
        self._findings.append(Finding(place.file, key, problem, remedy, place.line))


def variable_of(prefix: str, name: str) -> str:
    """Return the environment variable that speaks of *name*: dots and dashes become underscores."""
    return f"{prefix}_{name.replace('.', '_').replace('-', '_').upper()}"
