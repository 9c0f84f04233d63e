"""A sound topology as plain data, from which explain, diff and compose are made."""

import msgspec

from maestri.topology.binding import Binding, is_local, remote_units
from maestri.topology.discovery import path_of
from maestri.topology.placement import Unit
from maestri.topology.resolved import ResolvedTopology


class PlacedComponent(msgspec.Struct, frozen=True):
    """A component, and where it stands."""

    name: str
    level: int
    cell: str
    database: bool


class PlacedUnit(msgspec.Struct, frozen=True):
    """
    A unit, and who reaches it.

    Attributes:
        exposes: Components that clients reach, with their URLs.
        serves: Components that other units call.
    """

    name: str
    addresses: tuple[str, ...]
    components: tuple[str, ...]
    exposes: dict[str, tuple[str, ...]]
    serves: tuple[str, ...]


class Connection(msgspec.Struct, frozen=True):
    """
    One dependency of a component in one unit.

    Attributes:
        link: ``local`` or ``http``.
        to_units: Where calls go over the network; an external service is its own place.
    """

    unit: str
    caller: str
    role: str
    contract: str
    callee: str
    link: str
    to_units: tuple[str, ...] = ()


class TopologyView(msgspec.Struct, frozen=True):
    """
    A topology.

    Attributes:
        hops: Of each exposed component: network calls in the longest chain below it.
        external: Address of each third party's server.
    """

    name: str
    title: str
    components: tuple[PlacedComponent, ...]
    units: tuple[PlacedUnit, ...]
    connections: tuple[Connection, ...]
    hops: dict[str, int]
    external: dict[str, str]


def view_of(resolved: ResolvedTopology) -> TopologyView:
    """Return *resolved* as plain data."""
    topology = resolved.topology
    components = tuple(
        PlacedComponent(name, one.component.level, one.component.cell, one.has_database)
        for name, one in resolved.components.items()
    )
    connections = tuple(
        _connection(resolved, unit, binding)
        for unit in topology.units.values()
        for name in unit.components
        for binding in resolved.bindings[name]
    )
    return TopologyView(
        topology.name,
        topology.title,
        tuple(sorted(components, key=lambda one: (-one.level, one.cell, one.name))),
        tuple(_unit(resolved, unit) for unit in topology.units.values()),
        connections,
        {
            name: _hops(resolved, unit, name)
            for unit in topology.units.values()
            for name in unit.exposes
        },
        {server.name: str(server.address) for server in topology.external.values()},
    )


def _unit(resolved: ResolvedTopology, unit: Unit) -> PlacedUnit:
    exposes = {
        name: tuple(
            f"{address.url}{contract.prefix or '/'}"
            for address in unit.addresses
            for contract in {edge.prefix: edge for edge in resolved.components[name].edge}.values()
        )
        for name in unit.exposes
    }
    serves = resolved.served_internally(unit)
    return PlacedUnit(unit.name, tuple(map(str, unit.addresses)), unit.components, exposes, serves)


def _connection(resolved: ResolvedTopology, unit: Unit, binding: Binding) -> Connection:
    near = is_local(unit, binding)
    there = tuple(one.name for one in remote_units(resolved.topology, unit, binding))
    return Connection(
        unit.name,
        binding.caller,
        binding.role,
        path_of(binding.contract),
        binding.callee,
        "local" if near else "http",
        (binding.callee,) if binding.external else there,
    )


def _hops(resolved: ResolvedTopology, unit: Unit, component: str) -> int:
    """Return the network calls in the longest chain below *component*; there are no cycles."""
    longest = 0
    for binding in resolved.bindings[component]:
        if is_local(unit, binding):
            below = _hops(resolved, unit, binding.callee)
        elif binding.external:
            below = 1
        else:
            there = remote_units(resolved.topology, unit, binding)
            below = 1 + max(_hops(resolved, one, binding.callee) for one in there)
        longest = max(longest, below)
    return longest
