"""The rules of a shape: each looks at a whole topology and tells what breaks it."""

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from maestri.errors import TopologyError
from maestri.links import address_of
from maestri.topology.discovery import contract_named, imported
from maestri.topology.files import UNREAD
from maestri.topology.findings import Finding
from maestri.topology.placement import InternalAddress, SocketFile
from maestri.topology.resolved import ResolvedTopology
from maestri.topology.settings import database_url, settings_given

SQLITE = "sqlite:"
OPERATOR_PATHS = (
    "/health/live",
    "/health/ready",
    "/maestri/counters",
    "/maestri/metrics",
    "/maestri/requests",
    "/maestri/trace/{}",
)


def keys(resolved: ResolvedTopology) -> Iterator[Finding]:
    """Each binding and setting is about a dependency, or a component, that there is."""
    topology = resolved.topology
    for key in topology.bind:
        component, _, role = key.rpartition(".")
        if component not in topology.components:
            yield from _not_here(resolved, f"bind.{key}", component, "line")
        elif (
            component in resolved.components
            and role not in resolved.components[component].dependencies
        ):
            roles = ", ".join(resolved.components[component].dependencies) or "none"
            problem = f"{component} has no dependency {role!r}"
            yield topology.finding(f"bind.{key}", problem, f"It has: {roles}")
    for name in topology.settings:
        if name not in topology.components:
            yield from _not_here(resolved, f"setting.{name}", name, "table")


def _not_here(resolved: ResolvedTopology, key: str, component: str, what: str) -> Iterator[Finding]:
    found = resolved.topology.finding(
        key, f"no unit runs {component}", f"Drop the {what}, or fix its name"
    )
    if found.file != resolved.topology.file and _is_component(component):
        return  # written in a part, for shapes that run it
    yield found


def _is_component(name: str) -> bool:
    try:
        return hasattr(imported(name), "COMPONENT")
    except TopologyError:
        return False


def external(resolved: ResolvedTopology) -> Iterator[Finding]:
    """Each external service has a contract."""
    for server in resolved.topology.external.values():
        key = f"external.{server.name}.contract"
        try:
            contract_named(server.contract)
        except TopologyError as error:
            yield resolved.topology.finding(key, str(error), "Write the contract's module:Class")


def levels(resolved: ResolvedTopology) -> Iterator[Finding]:
    """Calls go downwards, and into another cell through its gateway."""
    for name, bindings in resolved.bindings.items():
        caller = resolved.components[name].component
        for binding in bindings:
            callee = None if binding.external else resolved.component(binding.callee)
            if callee is None:
                continue
            key = f"bind.{binding.key}"
            if callee.level >= caller.level and not binding.spi:
                direction = "upwards" if callee.level > caller.level else "sideways"
                problem = (
                    f"calls {direction}: from level {caller.level} "
                    f"to {binding.callee} at level {callee.level}"
                )
                remedy = "Let a component above both call them, or own an SPI"
                yield resolved.topology.finding(key, problem, remedy)
            if callee.level == 0 and callee.cell != caller.cell:
                problem = (
                    f"calls into the cell {callee.cell!r} past its gateway: "
                    f"{binding.callee} is at level 0"
                )
                remedy = f"Call a sub-orchestrator of the cell {callee.cell!r}"
                yield resolved.topology.finding(key, problem, remedy)


def cycles(resolved: ResolvedTopology) -> Iterator[Finding]:
    """No component needs itself, however far below."""
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
            yield resolved.topology.finding(
                "bind",
                f"is a cycle: {' -> '.join(cycle)}",
                "Bind one of them to another component",
            )


def exposed(resolved: ResolvedTopology) -> Iterator[Finding]:
    """Clients reach something, and only what is made for them."""
    topology = resolved.topology
    for unit in topology.units.values():
        key = f"unit.{unit.name}.exposes"
        for name in unit.exposes:
            at = f"{key}.{name}"
            if name not in unit.components:
                problem = f"{name} does not run in this unit"
                yield topology.finding(key, problem, "Add it to components, or drop it here", at=at)
            elif name in resolved.components and not resolved.components[name].edge:
                problem = f"{name} has no contract for clients"
                remedy = "Give it one (Contract, edge=True), or expose another"
                yield topology.finding(key, problem, remedy, at=at)
    if not any(unit.exposes for unit in topology.units.values()):
        yield topology.finding(
            "unit",
            "nothing is exposed: no client could reach anything",
            'Add exposes = ["..."] to a unit',
        )


def internal(resolved: ResolvedTopology) -> Iterator[Finding]:
    """Other units reach a unit that has clients: at a Unix socket only from the same machine."""
    for unit in resolved.topology.units.values():
        called = resolved.served_internally(unit)
        files = any(isinstance(one, SocketFile) for one in unit.internal_addresses)
        if unit.exposes and called and files and not unit.here:
            key = f"unit.{unit.name}.internal"
            problem = f"is a Unix socket, and other machines call {', '.join(called)} here"
            yield resolved.topology.finding(
                key, problem, "Give it host:port", at=f"unit.{unit.name}"
            )


def routes(resolved: ResolvedTopology) -> Iterator[Finding]:
    """No two operations of a unit have the same method and path."""
    for unit in resolved.topology.units.values():
        inside = [name for name in unit.components if name not in unit.exposes]
        for key, names in (("exposes", unit.exposes), ("components", inside)):
            seen = {("GET", path): "what operators ask" for path in OPERATOR_PATHS}
            for route, name in _routes(resolved, names):
                other = seen.setdefault(route, name)
                if other != name:
                    yield resolved.topology.finding(
                        f"unit.{unit.name}.{key}",
                        f"{' '.join(route)} is served twice: by {other} and {name}",
                        "Give one of the two another path or unit",
                    )


def _routes(
    resolved: ResolvedTopology, names: Iterable[str]
) -> Iterator[tuple[tuple[str, str], str]]:
    documents: set[str] = set()
    for name in names:
        info = resolved.components.get(name)
        for contract in info.implements if info else ():
            address = address_of(contract, name)
            for operation in contract.operations.values():
                path = re.sub(r"\{[^}]*\}", "{}", address + operation.path)
                yield (operation.method, path), operation.id
            documents.add(f"{address}/schema")
    for path in sorted(documents):
        yield ("GET", path), f"the document at {path}"


def addresses(resolved: ResolvedTopology) -> Iterator[Finding]:
    """Nobody listens twice at one address, at one port of all addresses, or at one Unix socket."""
    users: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, key, address in _listening(resolved):
        host, place = (
            ("unix", address.file)
            if isinstance(address, SocketFile)
            else (address.host, str(address.port))
        )
        others = [other for where, other in users[place] if _overlap(host, where)]
        if others:
            yield resolved.topology.finding(
                f"{name}.{key}",
                f"{host}:{place} is also used by {others[0]}",
                "Give each an address of its own; replica k listens on port + k",
            )
        users[place].append((host, name))


def _listening(resolved: ResolvedTopology) -> Iterator[tuple[str, str, InternalAddress]]:
    """Yield who listens, which key says where, and where that is."""
    for unit in resolved.topology.units.values():
        yield from ((f"unit.{unit.name}", "address", one) for one in unit.addresses)
        # Without clients it has one address, which is both.
        if unit.exposes:
            yield from ((f"unit.{unit.name}", "internal", one) for one in unit.internal_addresses)
    for server in resolved.topology.external.values():
        if server.address != UNREAD:
            yield f"external.{server.name}", "address", server.address


def _overlap(host: str, other: str) -> bool:
    return host == other or _is_everywhere(host) or _is_everywhere(other)


def _is_everywhere(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def databases(resolved: ResolvedTopology) -> Iterator[Finding]:
    """A SQLite file has one process, and every database one component."""
    topology = resolved.topology
    seen: dict[str, str] = {}
    for name, info in resolved.components.items():
        if not info.has_database:
            continue
        url = database_url(topology, name)
        owner = seen.setdefault(url, name)
        if owner != name:
            yield topology.finding(
                f"setting.{name}.database_url",
                f"{name} would share the database of {owner}",
                "Give each its own: {component} in MAESTRI_DATABASE_URL stands for its name",
            )
        units = topology.units_of(name)
        processes = sum(len(unit.addresses) for unit in units)
        if processes > 1 and url.startswith(SQLITE):
            key = f"unit.{units[-1].name}.{'replicas' if len(units) == 1 else 'components'}"
            problem = (
                f"{name} would run in {processes} processes with a SQLite file each writes alone"
            )
            remedy = "Run it once, or give it PostgreSQL as database_url"
            yield topology.finding(key, problem, remedy)


def settings(resolved: ResolvedTopology) -> Iterator[Finding]:
    """Each setting that is read is given, and each that is given is read."""
    topology = resolved.topology
    for name, info in resolved.components.items():
        given = settings_given(topology, info)
        for missing in sorted(info.settings - given - info.defaults):
            key = f"setting.{name}.{missing}"
            at = key if f"setting.{name}" in topology.places else topology.key_of(name)
            remedy = f'Add it under [setting."{name}"]'
            yield topology.finding(key, "is missing", remedy, at=at)
        known = info.known_settings
        for unknown in sorted(set(topology.settings.get(name, {})) - known):
            key = f"setting.{name}.{unknown}"
            remedy = f"{name} reads: {', '.join(sorted(known)) or 'no settings'}"
            yield topology.finding(key, "is unknown", remedy)


RULES = (
    keys,
    external,
    levels,
    cycles,
    exposed,
    internal,
    routes,
    addresses,
    databases,
    settings,
)
