"""Where the processes of a topology listen if not where its file says: beside another start."""

import os
import random
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from maestri.errors import TopologyError
from maestri.topology import Address, ExternalService, Finding, Topology, Unit, variable_of

PORT_FIRST, PORT_LAST = 20_000, 32_000
"""Below what Linux gives to outgoing connections, which could take a port before its server."""

PORT_MAX = 65_535

Places = Mapping[str, str]
"""Variables of the environment, and the addresses that they give."""


def free_ports(count: int, host: str = "127.0.0.1") -> tuple[int, ...]:
    """
    Return *count* ports that nobody listens on, drawn at random so that starts keep apart.

    Processes of one run by pytest-xdist draw from different ports, so none is ever given to two.

    Raises:
        OSError: There are not enough.
    """
    found = tuple(port for port, _ in zip(_free(host), range(count), strict=False))
    if len(found) < count:
        raise OSError(f"{host} has no {count} free ports from {PORT_FIRST} to {PORT_LAST}")
    return found


def _free(host: str) -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    own = range(PORT_FIRST + worker, PORT_LAST, workers)
    for port in random.sample(own, len(own)):
        if _refusal(Address(host, port)) is None:
            yield port


def consecutive_ports(topology: Topology, first: int) -> tuple[int, ...]:
    """
    Return the ports from *first* on, one for each process that a launcher starts.

    Raises:
        TopologyError: They would go beyond the last port.
    """
    count = count_of_ports(topology)
    if not 0 < first <= PORT_MAX - count + 1:
        raise TopologyError(
            f"--port: {topology.name} needs {count} ports from {first} on. "
            f"Write a number from 1 to {PORT_MAX - count + 1}."
        )
    return tuple(range(first, first + count))


def count_of_ports(topology: Topology) -> int:
    """Return how many processes a launcher starts, and may move."""
    return len(tuple(_movable(topology)))


def places_for(topology: Topology, ports: Iterable[int]) -> Places:
    """
    Return the variables that move what a launcher starts to *ports*, in the order of the file.

    Units come first, each with its replicas, then third parties' servers. What the environment
    places itself stays there.
    """
    places: dict[str, list[str]] = {}
    for (variable, address), port in zip(_movable(topology), ports, strict=True):
        places.setdefault(variable, []).append(str(address._replace(port=port)))
    return {variable: ",".join(texts) for variable, texts in places.items()}


def _movable(topology: Topology) -> Iterator[tuple[str, Address]]:
    return (one for one in _listening(topology) if one[0] not in topology.environment)


def _listening(topology: Topology) -> Iterator[tuple[str, Address]]:
    """Yield where processes that a launcher starts listen, each with the variable that moves it."""
    for unit in topology.units.values():
        if unit.here:
            yield from ((variable_of("MAESTRI_UNIT", unit.name), one) for one in unit.addresses)
            if unit.exposes:
                yield from (
                    (variable_of("MAESTRI_INTERNAL", unit.name), one)
                    for one in unit.internal_addresses
                    if isinstance(one, Address)
                )
    for server in topology.external.values():
        if server.command:
            yield variable_of("MAESTRI_EXTERNAL", server.name), server.address


def placed(topology: Topology, places: Places) -> Topology:
    """Return *topology* with the addresses that *places* gives; third parties are still started."""
    units = {name: _placed_unit(unit, places) for name, unit in topology.units.items()}
    external = {name: _placed_server(one, places) for name, one in topology.external.items()}
    environment = {**topology.environment, **places}
    return replace(topology, units=units, external=external, environment=environment)


def _placed_unit(unit: Unit, places: Places) -> Unit:
    addresses = _moved(unit.addresses, places.get(variable_of("MAESTRI_UNIT", unit.name)))
    if not unit.exposes:
        return replace(unit, addresses=addresses, internal_addresses=addresses)
    ports = [one for one in unit.internal_addresses if isinstance(one, Address)]
    moved = iter(_moved(ports, places.get(variable_of("MAESTRI_INTERNAL", unit.name))))
    internal = tuple(
        next(moved) if isinstance(one, Address) else one for one in unit.internal_addresses
    )
    return replace(unit, addresses=addresses, internal_addresses=internal)


def _moved(addresses: Sequence[Address], given: str | None) -> tuple[Address, ...]:
    if given is None:
        return tuple(addresses)
    ports = [int(text.rpartition(":")[2]) for text in given.split(",")]
    return tuple(one._replace(port=port) for one, port in zip(addresses, ports, strict=True))


def _placed_server(server: ExternalService, places: Places) -> ExternalService:
    given = places.get(variable_of("MAESTRI_EXTERNAL", server.name))
    if given is None:
        return server
    port = int(given.partition("/")[0].rpartition(":")[2])
    return replace(server, address=server.address._replace(port=port))


def ports_in_use(topology: Topology) -> Iterator[Finding]:
    """Yield the addresses at which a launcher of *topology* could not let anybody listen."""
    tables = {"MAESTRI_UNIT": topology.units, "MAESTRI_EXTERNAL": topology.external}
    keys = {
        variable_of(prefix, name): f"{prefix.rpartition('_')[2].lower()}.{name}.address"
        for prefix, table in tables.items()
        for name in table
    }
    keys |= {
        variable_of("MAESTRI_INTERNAL", name): f"unit.{name}.internal" for name in topology.units
    }
    for variable, address in _listening(topology):
        reason = _refusal(address)
        if reason is not None:
            yield topology.finding(
                keys[variable],
                f"{address} cannot be used: {reason}",
                f"Stop what listens there, or start elsewhere: --port N, --free-ports, "
                f"or {variable}=HOST:PORT",
            )


def _refusal(address: Address) -> str | None:
    """Return why nobody can listen at *address*; None if somebody can."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address.host, address.port))
        except OSError as error:
            return error.strerror or str(error)
    return None
