"""Writes a Compose file for a topology: a service per process, addresses and databases set."""

import math
from collections.abc import Iterator

from maestri.topology.environment import INTERNAL, LISTEN_INTERNAL
from maestri.topology.files import variable_of
from maestri.topology.placement import ExternalService, Topology, Unit
from maestri.topology.resolved import ResolvedTopology

IMAGE = "maestri"
DOCKERFILE = ".ci/Dockerfile"
STATE = "/state"
STOP_S = 5
INTERNAL_PORT = 9_000
EVERYWHERE = "0.0.0.0"  # noqa: S104 - within its container
SECRETS = ("MAESTRI_SECRET", "MAESTRI_OPERATOR_TOKEN")
PROBE = (
    "import sys, urllib.request as r; "
    "sys.exit(r.urlopen('http://127.0.0.1:{port}{path}', timeout=2).status != 200)"
)


def compose_file(resolved: ResolvedTopology) -> str:
    """
    Return the Compose file of a sound topology.

    One image for all units. A unit gets the addresses of those that it calls, a volume if it keeps
    a database, and published ports only if clients reach it. Secrets come from the environment.
    """
    return "\n".join(_file(resolved)) + "\n"


def _file(resolved: ResolvedTopology) -> Iterator[str]:
    topology = resolved.topology
    yield f"# {topology.title}."
    yield f"# Written by: maestri compose {topology.name}"
    yield "# MAESTRI_SECRET signs cookies: set it to a long random text, and keep it."
    yield f"name: {topology.name.replace('_', '-')}"
    yield ""
    yield "x-unit: &unit"
    yield f"  image: {IMAGE}"
    yield "  build:"
    yield "    context: ."
    yield f"    dockerfile: {DOCKERFILE}"
    yield "  restart: on-failure"
    yield f"  stop_grace_period: {STOP_S}s"
    yield ""
    yield "services:"
    for server in topology.external.values():
        if server.command:
            yield from _external(server)
    for unit in topology.units.values():
        for replica in range(len(unit.addresses)):
            yield from _unit(resolved, unit, replica)
    volumes = [_volume(unit) for unit in topology.units.values() if _stateful(resolved, unit)]
    if volumes:
        yield ""
        yield "volumes:"
        yield from (f"  {name}:" for name in volumes)


def _unit(resolved: ResolvedTopology, unit: Unit, replica: int) -> Iterator[str]:
    port = unit.addresses[replica].port
    arguments = ["run", unit.name, "--topology", resolved.topology.name]
    if replica:
        arguments += ["--replica", str(replica)]
    yield f"  {_service(unit, replica)}:"
    yield "    <<: *unit"
    yield f"    command: {_list(arguments)}"
    yield "    environment:"
    yield f"      MAESTRI_LISTEN: {_quoted(f'{EVERYWHERE}:{port}')}"
    if unit.exposes:
        yield f"      {LISTEN_INTERNAL}: {_quoted(f'{EVERYWHERE}:{INTERNAL_PORT}')}"
    yield f"      MAESTRI_STATE: {STATE}"
    for name in SECRETS:
        yield f"      {name}: ${{{name}:?set it}}"
    called, external = _callees(resolved, unit)
    yield from _places(unit, called)
    for server in external:
        place = f"{_dashed(server.name)}:{server.address.port}{server.address.path}"
        yield f"      {variable_of('MAESTRI_EXTERNAL', server.name)}: {_quoted(place)}"
    if _stateful(resolved, unit):
        yield f"    volumes: {_list([f'{_volume(unit)}:{STATE}'])}"
    if unit.bounds.longer_stop_s:
        yield f"    stop_grace_period: {STOP_S + math.ceil(unit.bounds.longer_stop_s)}s"
    if unit.exposes:
        yield f"    ports: {_list([f'{port}:{port}'])}"
    yield from _healthcheck(port, "/health/ready")
    needed = [_service(one, number) for one in called for number in range(len(one.addresses))]
    needed += [_dashed(server.name) for server in external if server.command]
    if needed:
        yield f"    depends_on: {_list(needed)}"


def _places(unit: Unit, called: list[Unit]) -> Iterator[str]:
    # A unit is told its own addresses too, so that it knows how many replicas there are.
    for other in dict.fromkeys([unit, *called]):
        hosts = [_service(other, number) for number in range(len(other.addresses))]
        ports = [address.port for address in other.addresses]
        places = ",".join(f"{host}:{port}" for host, port in zip(hosts, ports, strict=True))
        yield f"      {variable_of('MAESTRI_UNIT', other.name)}: {_quoted(places)}"
        if other.exposes:
            inside = ",".join(f"{host}:{INTERNAL_PORT}" for host in hosts)
            yield f"      {variable_of(INTERNAL, other.name)}: {_quoted(inside)}"


def _external(server: ExternalService) -> Iterator[str]:
    command = list(server.started_by("python", EVERYWHERE))
    yield f"  {_dashed(server.name)}:"
    yield "    <<: *unit"
    yield "    # A third party's server: stands in for one on the internet."
    yield f"    entrypoint: {_list(command)}"
    if server.health:
        yield from _healthcheck(server.address.port, server.address.path + server.health)


def _healthcheck(port: int, path: str) -> Iterator[str]:
    yield "    healthcheck:"
    yield f"      test: {_list(['CMD', 'python', '-c', PROBE.format(port=port, path=path)])}"
    yield "      interval: 5s"
    yield "      timeout: 3s"
    yield "      start_period: 10s"


def _callees(resolved: ResolvedTopology, unit: Unit) -> tuple[list[Unit], list[ExternalService]]:
    """Return the units and external servers that *unit* calls, in the order of the file."""
    topology: Topology = resolved.topology
    bindings = [one for name in unit.components for one in resolved.bindings[name]]
    remote = {
        one.callee for one in bindings if not one.external and one.callee not in unit.components
    }
    servers = {one.callee for one in bindings if one.external}
    units = [one for one in topology.units.values() if remote & set(one.components)]
    return units, [one for one in topology.external.values() if one.name in servers]


def _stateful(resolved: ResolvedTopology, unit: Unit) -> bool:
    return any(resolved.components[name].has_database for name in unit.components)


def _service(unit: Unit, replica: int) -> str:
    return _dashed(unit.name) if len(unit.addresses) == 1 else f"{_dashed(unit.name)}-{replica}"


def _volume(unit: Unit) -> str:
    return f"{_dashed(unit.name)}-state"


def _dashed(name: str) -> str:
    return name.replace("_", "-").replace(".", "-")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _list(parts: list[str]) -> str:
    return f"[{', '.join(_quoted(part) for part in parts)}]"
