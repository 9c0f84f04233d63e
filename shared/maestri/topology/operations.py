"""Finds operations by what people remember of them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from maestri.contracts import Contract, Operation
from maestri.links import address_of
from maestri.topology.discovery import contract_named, path_of
from maestri.topology.resolved import ResolvedTopology

FOUND_MAX = 200


class FoundOperation(NamedTuple):
    """
    An operation and one who serves it.

    Attributes:
        operation: What is served.
        served_by: A component, or an external service.
        path: Where a unit, or the external service, serves it.
    """

    operation: Operation
    served_by: str
    path: str

    @property
    def summary(self) -> str:
        """First line of its docstring."""
        return self.operation.doc.partition("\n")[0]


def find_operations(resolved: ResolvedTopology, search: str = "") -> tuple[FoundOperation, ...]:
    """
    Return the operations that have all words of *search*, in any case, sorted by id; at most 200.

    Looked at are the operation's id, method, path, errors and docstring, and who serves it. One
    that several serve, as the components behind an SPI do, is found once for each of them.
    """
    words = search.lower().split()
    found = [
        one
        for name, contract, address in _served(resolved)
        for operation in contract.operations.values()
        if _matches(one := FoundOperation(operation, name, address + operation.path), words)
    ]
    return tuple(sorted(found, key=lambda one: (one.operation.id, one.served_by))[:FOUND_MAX])


def _served(resolved: ResolvedTopology) -> Iterator[tuple[str, type[Contract], str]]:
    """Yield who serves which contract, and below which path."""
    for name, info in resolved.components.items():
        for contract in info.implements:
            yield name, contract, address_of(contract, name)
    for server in resolved.topology.external.values():
        yield server.name, contract_named(server.contract), server.address.path


def _matches(one: FoundOperation, words: Iterable[str]) -> bool:
    operation = one.operation
    errors = (error.code for error in operation.raises)
    contract = path_of(operation.contract)
    parts = (operation.id, operation.method, one.path, operation.doc, contract, one.served_by)
    text = " ".join((*parts, *errors)).lower()
    return all(word in text for word in words)
