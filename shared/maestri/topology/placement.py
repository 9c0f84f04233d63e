"""A topology as data: which units exist, what they run and where they listen."""

import functools
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from maestri.links import UNIX
from maestri.topology.bounds import DEFAULTS, Bounds
from maestri.topology.entries import Setting
from maestri.topology.findings import Finding, Place, place_of

PORT_MAX = 65_535
SOCKET_BYTES_MAX = 100
"""Of the file of a Unix socket; systems take 104 or 108, and end it with a zero."""


class Address(NamedTuple):
    """A host and a port, with a path in front of everything where an external service has one."""

    host: str
    port: int
    path: str = ""

    @property
    def url(self) -> str:
        """The address as the start of a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{self.path}"

    @property
    def here(self) -> bool:
        """Whether a process of this machine can listen there without further knowledge."""
        if self.host == "localhost":
            return True
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return address.is_loopback or address.is_unspecified

    def __str__(self) -> str:
        return self.url.removeprefix("http://")


class SocketFile(NamedTuple):
    """A Unix socket, by its file: an address within one machine."""

    file: str

    @property
    def url(self) -> str:
        """The address as the start of a URL."""
        return f"{UNIX}{self.file}"

    @property
    def here(self) -> bool:
        """It always is on this machine."""
        return True

    def __str__(self) -> str:
        return self.url


InternalAddress = Address | SocketFile


@dataclass(frozen=True)
class Unit:
    """
    One process of a topology, or several equal ones.

    Attributes:
        addresses: One per replica: for clients if it exposes anything, else for other units.
        exposes: Components that clients reach here.
        internal_addresses: One per replica, for other units and operators.
        bounds: Of its server and of its calls.
    """

    name: str
    components: tuple[str, ...]
    addresses: tuple[Address, ...]
    exposes: tuple[str, ...] = ()
    internal_addresses: tuple[InternalAddress, ...] = ()
    bounds: Bounds = field(default=DEFAULTS, hash=False)

    @property
    def here(self) -> bool:
        """Whether the launcher of this machine starts it."""
        return all(address.here for address in self.addresses)


@dataclass(frozen=True)
class ExternalService:
    """
    A third party's server.

    Attributes:
        contract: ``module:Class`` that describes it.
        command: Starts it here; empty if it runs anyway.
        health: Path that gets 200 when it can be called; empty if there is none.
    """

    name: str
    contract: str
    address: Address
    command: tuple[str, ...] = ()
    health: str = ""

    def started_by(self, python: str, host: str) -> tuple[str, ...]:
        """Return the command with its gaps filled: ``{python}``, ``{host}`` and ``{port}``."""
        given = {"{python}": python, "{host}": host, "{port}": str(self.address.port)}
        return tuple(functools.reduce(_filled, given.items(), part) for part in self.command)


def _filled(part: str, gap: tuple[str, str]) -> str:
    return part.replace(*gap)


@dataclass(frozen=True)
class Topology:
    """
    One shape of a system, as its file and the environment describe it.

    Attributes:
        environment: That it was read with.
        findings: What is wrong with the file itself.
        places: Where each key is written, by its dotted path.
        is_partial: Whether a table could not be read, so that something of the shape is missing.
    """

    name: str
    title: str
    path: Path
    project: Path
    units: Mapping[str, Unit]
    external: Mapping[str, ExternalService] = field(default_factory=dict)
    bind: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, Setting]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    is_partial: bool = False

    @property
    def file(self) -> str:
        """The file as a reader knows it, from the project's folder."""
        return self.path_in_project(self.path)

    def path_in_project(self, path: Path) -> str:
        """Return *path* as a reader knows it: from the project's folder, if it is below."""
        if path.is_relative_to(self.project):
            return path.relative_to(self.project).as_posix()
        return str(path)

    def finding(self, key: str, problem: str, remedy: str, *, at: str = "") -> Finding:
        """Return a finding about *key*, with the place where it, or rather *at*, is written."""
        place = place_of(self.places, at or key) or Place(self.file)
        return Finding(place.file, key, problem, remedy, place.line)

    @property
    def components(self) -> tuple[str, ...]:
        """All components, each once, in the order of the file."""
        return tuple(
            dict.fromkeys(name for unit in self.units.values() for name in unit.components)
        )

    def key_of(self, component: str) -> str:
        """Return the key below which *component* is placed for the first time."""
        return f"unit.{self.units_of(component)[0].name}.components.{component}"

    def units_of(self, component: str) -> tuple[Unit, ...]:
        """Return the units that run *component*."""
        return tuple(unit for unit in self.units.values() if component in unit.components)
