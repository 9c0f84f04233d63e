"""Finds operations by what people remember of them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from maestri.contracts import Contract, Operation
from maestri.links import address_of
from maestri.topology.discovery import contract_named, path_of
from maestri.topology.resolved import ResolvedTopology
from maestri.topology.text_layout import fitted

FOUND_MAX = 200


class FoundOperation(NamedTuple):
    """
    An operation and one who serves it.

    Attributes:
        operation: What is served.
        served_by: A component, or an external service.
        path: Where a unit, or the external service, serves it.
        urls: Addresses that can be called, without the path; none if only its own unit calls it.
    """

    operation: Operation
    served_by: str
    path: str
    urls: tuple[str, ...]

    @property
    def summary(self) -> str:
        """First line of its docstring."""
        return self.operation.doc.partition("\n")[0]

    @property
    def requests(self) -> tuple[str, ...]:
        """Method and address of each place that serves it."""
        return tuple(f"{self.operation.method} {url}{self.path}" for url in self.urls)


def find_operations(
    resolved: ResolvedTopology,
    search: str = "",
    addresses: Mapping[str, tuple[str, ...]] | None = None,
) -> tuple[FoundOperation, ...]:
    """
    Return the operations that have all words of *search*, in any case, sorted by id; at most 200.

    Looked at are the operation's id, method, path, errors and docstring, and who serves it. One
    that several serve, as the components behind an SPI do, is found once for each of them.

    Args:
        resolved: A sound topology.
        search: Words; none finds everything.
        addresses: Those of each unit, where it runs elsewhere than its file says.
    """
    words = search.lower().split()
    found = [
        one
        for place, contract in _served(resolved, addresses or {})
        for operation in contract.operations.values()
        if _matches(
            one := FoundOperation(operation, place.name, place.path + operation.path, place.urls),
            words,
        )
    ]
    return tuple(sorted(found, key=lambda one: (one.operation.id, one.served_by))[:FOUND_MAX])


def operations_as_text(found: Iterable[FoundOperation]) -> str:
    """Return what was found for a terminal: who serves it, where, and what it does."""
    lines: list[str] = []
    for one in found:
        lines.append(f"{one.operation.id}  by {one.served_by}")
        unreachable = f"{one.operation.method} {one.path}  (called only within its unit)"
        lines += [f"  {line}" for line in (*(one.requests or (unreachable,)), one.summary) if line]
    return "\n".join(fitted(lines))


class _Place(NamedTuple):
    name: str
    path: str
    urls: tuple[str, ...]


def _served(
    resolved: ResolvedTopology, addresses: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[_Place, type[Contract]]]:
    """Yield who serves which contract, below which path and where."""
    topology = resolved.topology
    for name, info in resolved.components.items():
        reachable = [
            unit for unit in topology.units_of(name) if name in (unit.exposes or unit.components)
        ]
        urls = tuple(
            f"http://{address}"
            for unit in reachable
            for address in addresses.get(unit.name, tuple(map(str, unit.addresses)))
        )
        for contract in info.implements:
            yield _Place(name, address_of(contract, name), urls), contract
    for server in topology.external.values():
        root = server.address._replace(path="").url
        yield _Place(server.name, server.address.path, (root,)), contract_named(server.contract)


def _matches(one: FoundOperation, words: Iterable[str]) -> bool:
    operation = one.operation
    errors = (error.code for error in operation.raises)
    contract = path_of(operation.contract)
    parts = (operation.id, operation.method, one.path, operation.doc, contract, one.served_by)
    text = " ".join((*parts, *errors)).lower()
    return all(word in text for word in words)
