"""A wrong topology is refused before anything starts, with everything that is wrong with it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from maestri.errors import TopologyError
from maestri.topology.binding import Binding, bindings_of, remote_units
from maestri.topology.discovery import ComponentInfo, Components, contract_named
from maestri.topology.findings import Finding, raise_for_findings
from maestri.topology.placement import Topology, Unit
from maestri.topology.settings import database_url, settings_given

SQLITE = "sqlite:"


@dataclass(frozen=True)
class ResolvedTopology:
    """
    A sound topology: every component described, every dependency bound.

    Attributes:
        components: By name of the component.
        bindings: By name of the calling component.
    """

    topology: Topology
    components: dict[str, ComponentInfo]
    bindings: dict[str, tuple[Binding, ...]]

    def served_internally(self, unit: Unit) -> tuple[str, ...]:
        """Return the components of *unit* that other units call."""
        called = {
            binding.callee
            for caller in self.topology.units.values()
            if caller.name != unit.name
            for name in caller.components
            for binding in self.bindings.get(name, ())
            if unit in remote_units(self.topology, caller, binding)
        }
        return tuple(name for name in unit.components if name in called)


def resolve(topology: Topology, components: Components | None = None) -> ResolvedTopology:
    """
    Return *topology* with its components found and bound.

    Raises:
        TopologyError: Has one line per thing that is wrong.
    """
    resolved, findings = validate(topology, components)
    raise_for_findings(findings)
    return resolved


def validate(
    topology: Topology, components: Components | None = None
) -> tuple[ResolvedTopology, tuple[Finding, ...]]:
    """Return what could be found and bound, and everything that is wrong."""
    components = components or Components()
    findings: list[Finding] = []
    infos: dict[str, ComponentInfo] = {}
    for name in topology.components:
        try:
            infos[name] = components.info(name)
        except TopologyError as error:
            unit = topology.units_of(name)[0]
            remedy = "Fix the component, or its name here"
            findings.append(
                Finding(topology.file, f"unit.{unit.name}.components", str(error), remedy)
            )
    bindings: dict[str, tuple[Binding, ...]] = {}
    for name, one in infos.items():
        bindings[name], missing = bindings_of(topology, components, one)
        findings.extend(missing)
    resolved = ResolvedTopology(topology, infos, bindings)
    for rule in (
        _keys,
        _external,
        _levels,
        _cycles,
        _exposed,
        _mixed,
        _addresses,
        _databases,
        _settings,
    ):
        findings.extend(rule(resolved))
    return resolved, tuple(findings)


def _finding(resolved: ResolvedTopology, key: str, problem: str, remedy: str) -> Finding:
    return Finding(resolved.topology.file, key, problem, remedy)


def _keys(resolved: ResolvedTopology) -> Iterator[Finding]:
    for key in resolved.topology.bind:
        component, _, role = key.rpartition(".")
        if component not in resolved.topology.components:
            yield _finding(
                resolved,
                f"bind.{key}",
                f"no unit runs {component}",
                "Drop the line, or fix its name",
            )
        elif (
            component in resolved.components
            and role not in resolved.components[component].dependencies
        ):
            roles = ", ".join(resolved.components[component].dependencies) or "none"
            yield _finding(
                resolved,
                f"bind.{key}",
                f"{component} has no dependency {role!r}",
                f"It has: {roles}",
            )
    for name in resolved.topology.settings:
        if name not in resolved.topology.components:
            yield _finding(
                resolved,
                f"setting.{name}",
                f"no unit runs {name}",
                "Drop the table, or fix its name",
            )


def _external(resolved: ResolvedTopology) -> Iterator[Finding]:
    for server in resolved.topology.external.values():
        key = f"external.{server.name}.contract"
        try:
            contract_named(server.contract)
        except TopologyError as error:
            yield _finding(resolved, key, str(error), "Write the contract's module:Class")


def _levels(resolved: ResolvedTopology) -> Iterator[Finding]:
    for name, bindings in resolved.bindings.items():
        caller = resolved.components[name].component
        for binding in bindings:
            if binding.external or binding.callee not in resolved.components:
                continue
            callee = resolved.components[binding.callee].component
            key = f"bind.{binding.key}"
            if callee.level >= caller.level and not binding.spi:
                direction = "upwards" if callee.level > caller.level else "sideways"
                problem = (
                    f"calls {direction}: from level {caller.level} "
                    f"to {binding.callee} at level {callee.level}"
                )
                yield _finding(
                    resolved, key, problem, "Let a component above both call them, or own an SPI"
                )
            if callee.level == 0 and callee.cell != caller.cell:
                problem = (
                    f"calls into the cell {callee.cell!r} past its gateway: "
                    f"{binding.callee} is at level 0"
                )
                yield _finding(
                    resolved, key, problem, f"Call a sub-orchestrator of the cell {callee.cell!r}"
                )


def _cycles(resolved: ResolvedTopology) -> Iterator[Finding]:
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if name in path:
            yield (*path[path.index(name) :], name)
        elif name not in done:
            for binding in resolved.bindings.get(name, ()):
                if not binding.external:
                    yield from walk(binding.callee, (*path, name))
            done.add(name)

    for start in resolved.bindings:
        for cycle in walk(start, ()):
            yield _finding(
                resolved,
                "bind",
                f"is a cycle: {' -> '.join(cycle)}",
                "Bind one of them to another component",
            )


def _exposed(resolved: ResolvedTopology) -> Iterator[Finding]:
    exposing = False
    for unit in resolved.topology.units.values():
        for name in unit.exposes:
            exposing = True
            key = f"unit.{unit.name}.exposes"
            if name not in unit.components:
                yield _finding(
                    resolved,
                    key,
                    f"{name} does not run in this unit",
                    "Add it to components, or drop it here",
                )
            elif name in resolved.components and not resolved.components[name].edge:
                yield _finding(
                    resolved,
                    key,
                    f"{name} has no contract for clients",
                    "Give it one (Contract, edge=True), or expose another",
                )
    if not exposing:
        yield _finding(
            resolved,
            "unit",
            "nothing is exposed: no client could reach anything",
            'Add exposes = ["..."] to a unit',
        )


def _mixed(resolved: ResolvedTopology) -> Iterator[Finding]:
    for unit in resolved.topology.units.values():
        internal = resolved.served_internally(unit)
        if unit.exposes and internal:
            names = ", ".join(internal)
            problem = f"clients and other units, which call {names}, would share one port"
            remedy = f"Move {names} to a unit of its own, or put a copy into each calling unit"
            yield _finding(resolved, f"unit.{unit.name}.exposes", problem, remedy)


def _addresses(resolved: ResolvedTopology) -> Iterator[Finding]:
    users: dict[tuple[str, int], list[str]] = defaultdict(list)
    for unit in resolved.topology.units.values():
        for address in unit.addresses:
            users[address.host, address.port].append(f"unit.{unit.name}")
    for server in resolved.topology.external.values():
        users[server.address.host, server.address.port].append(f"external.{server.name}")
    for (host, port), names in users.items():
        if len(names) > 1:
            remedy = "Give each an address of its own; replica k listens on port + k"
            yield _finding(
                resolved, f"{names[1]}.address", f"{host}:{port} is also used by {names[0]}", remedy
            )


def _databases(resolved: ResolvedTopology) -> Iterator[Finding]:
    for name, info in resolved.components.items():
        if not info.has_database or not database_url(resolved.topology, name).startswith(SQLITE):
            continue
        units = resolved.topology.units_of(name)
        processes = sum(len(unit.addresses) for unit in units)
        if processes > 1:
            key = f"unit.{units[-1].name}.{'replicas' if len(units) == 1 else 'components'}"
            problem = (
                f"{name} would run in {processes} processes with a SQLite file each writes alone"
            )
            yield _finding(
                resolved, key, problem, "Run it once, or give it PostgreSQL as database_url"
            )


def _settings(resolved: ResolvedTopology) -> Iterator[Finding]:
    for name, info in resolved.components.items():
        given = settings_given(resolved.topology, info)
        for missing in sorted(info.settings - given - info.defaults):
            key = f"setting.{name}.{missing}"
            yield _finding(resolved, key, "is missing", f'Add it under [setting."{name}"]')
        known = info.settings | info.defaults
        for unknown in sorted(set(resolved.topology.settings.get(name, {})) - known):
            key = f"setting.{name}.{unknown}"
            yield _finding(
                resolved,
                key,
                "is unknown",
                f"{name} reads: {', '.join(sorted(known)) or 'no settings'}",
            )
