"""Topology files are read strictly: whatever is not understood is refused by file and key."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from maestri.errors import TopologyError
from maestri.topology.findings import Finding, error_of, raise_for_findings
from maestri.topology.placement import (
    PORT_MAX,
    Address,
    ExternalService,
    Setting,
    Topology,
    Unit,
    parse_address,
)
from maestri.topology.project import TOPOLOGIES

S = TypeVar("S", bound=msgspec.Struct)
REPLICAS_MAX = 64


class UnitEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[unit.NAME]``: one process."""

    components: tuple[str, ...]
    address: str = ""
    exposes: tuple[str, ...] = ()
    replicas: int = 1


class ExternalEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[external.NAME]``: a third party's server."""

    contract: str
    address: str
    command: tuple[str, ...] = ()
    health: str = ""


class TopologyEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A topology file."""

    title: str
    unit: dict[str, Any]
    external: dict[str, Any] = {}
    bind: dict[str, str] = {}
    setting: dict[str, dict[str, Setting]] = {}


def topology_names(project: Path) -> tuple[str, ...]:
    """Return the names of the topologies of *project*, sorted."""
    return tuple(sorted(path.stem for path in (project / TOPOLOGIES).glob("*.toml")))


def load_topology(
    name: str, project: Path, environment: Mapping[str, str] | None = None
) -> Topology:
    """
    Return the topology *name* of *project*.

    Args:
        name: Of the file, without ``.toml``.
        project: The project's folder.
        environment: ``MAESTRI_UNIT_<NAME>`` replaces a unit's addresses,
            ``MAESTRI_EXTERNAL_<NAME>`` that of an external service. None means the process's own.

    Raises:
        TopologyError: There is no such file, or it is wrong; names every wrong key at once.
    """
    path = project / TOPOLOGIES / f"{name}.toml"
    names = topology_names(project)
    if name not in names:
        raise TopologyError(
            f"{TOPOLOGIES}: has no topology {name!r}.{_close(name, names)} "
            f"There are: {', '.join(names)}."
        )
    topology = Topology(name, "", path, project, {})
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        found = Finding(topology.file, "", f"is no TOML: {error}", "Fix the line")
        raise error_of([found]) from error
    return _Reading(topology, os.environ if environment is None else environment).read(raw)


class _Reading:
    """Reads one file and gathers everything that is wrong with it."""

    def __init__(self, topology: Topology, environment: Mapping[str, str]) -> None:
        self._topology = topology
        self._environment = environment
        self._findings: list[Finding] = []

    def read(self, raw: dict[str, Any]) -> Topology:
        entry = self._converted(raw, TopologyEntry, "")
        if entry is None:
            raise error_of(self._findings)
        units = {name: self._unit(name, value) for name, value in entry.unit.items()}
        external = {name: self._external(name, value) for name, value in entry.external.items()}
        if not units:
            self._add("unit", "has no unit", "Add [unit.NAME] with components and an address")
        raise_for_findings(self._findings)
        return replace(
            self._topology,
            title=entry.title,
            units={name: unit for name, unit in units.items() if unit},
            external={name: server for name, server in external.items() if server},
            bind=entry.bind,
            settings=entry.setting,
        )

    def _unit(self, name: str, raw: Any) -> Unit | None:
        key = f"unit.{name}"
        entry = self._converted(raw, UnitEntry, key)
        if entry is None:
            return None
        if not entry.components:
            self._add(
                f"{key}.components", "is empty", "Name at least one component, or drop the unit"
            )
        if not 1 <= entry.replicas <= REPLICAS_MAX:
            self._add(
                f"{key}.replicas",
                f"is {entry.replicas}",
                f"Write a number from 1 to {REPLICAS_MAX}",
            )
        for twice in sorted({one for one in entry.components if entry.components.count(one) > 1}):
            self._add(f"{key}.components", f"names {twice} twice", "Name it once")
        variable = variable_of("MAESTRI_UNIT", name)
        given = self._environment.get(variable)
        if given is not None:
            texts = given.split(",")
            addresses = [self._address(variable, text) for text in texts]
        else:
            first = self._address(f"{key}.address", entry.address, f"or set {variable}")
            addresses = [
                first and self._replica(key, first, k)
                for k in range(min(entry.replicas, REPLICAS_MAX))
            ]
        return Unit(name, entry.components, tuple(one for one in addresses if one), entry.exposes)

    def _replica(self, key: str, first: Address, replica: int) -> Address | None:
        if first.port + replica > PORT_MAX:
            self._add(
                f"{key}.replicas",
                f"needs the port {first.port + replica}",
                f"Stay below {PORT_MAX + 1}",
            )
            return None
        return first._replace(port=first.port + replica)

    def _external(self, name: str, raw: Any) -> ExternalService | None:
        key = f"external.{name}"
        entry = self._converted(raw, ExternalEntry, key)
        if entry is None:
            return None
        variable = variable_of("MAESTRI_EXTERNAL", name)
        given = self._environment.get(variable)
        address = self._address(variable if given else f"{key}.address", given or entry.address)
        if ":" not in entry.contract:
            self._add(f"{key}.contract", f"{entry.contract!r} names no class", "Write module:Class")
        # A server that the environment places elsewhere is not started here.
        return address and ExternalService(
            name, entry.contract, address, () if given else entry.command, entry.health
        )

    def _address(self, key: str, text: str, otherwise: str = "") -> Address | None:
        address = parse_address(text)
        if address is None:
            remedy = (
                f"Write host:port, such as 127.0.0.1:8001{', ' if otherwise else ''}{otherwise}"
            )
            self._add(key, f"{text!r} is no address" if text else "is missing", remedy)
        return address

    def _converted(self, raw: Any, kind: type[S], key: str) -> S | None:
        if isinstance(raw, dict):
            known = kind.__struct_encode_fields__
            for unknown in [one for one in raw if one not in known]:
                where = f"{key}.{unknown}" if key else unknown
                self._add(
                    where, "is unknown", f"Known here: {', '.join(known)}.{_close(unknown, known)}"
                )
            raw = {name: value for name, value in raw.items() if name in known}
        try:
            return msgspec.convert(raw, kind)
        except msgspec.ValidationError as error:
            text, _, path = str(error).partition(" - at `$")
            inner = path.rstrip("`").lstrip(".")
            self._add(".".join(part for part in (key, inner) if part), text, "Fix the value")
            return None

    def _add(self, key: str, problem: str, remedy: str) -> None:
        self._findings.append(Finding(self._topology.file, key, problem, remedy))


def variable_of(prefix: str, name: str) -> str:
    """Return the environment variable that speaks of *name*: dots and dashes become underscores."""
    return f"{prefix}_{name.replace('.', '_').replace('-', '_').upper()}"


def _close(name: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f" Is {near[0]!r} meant?" if near else ""
