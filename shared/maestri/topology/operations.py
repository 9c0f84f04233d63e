"""Finds operations by what people remember of them."""

from collections.abc import Iterable
from typing import NamedTuple

from maestri.contracts import Contract, Operation
from maestri.topology.checks import ResolvedTopology
from maestri.topology.discovery import contract_named, path_of

FOUND_MAX = 200


class FoundOperation(NamedTuple):
    """An operation and who serves it: components, or an external service."""

    operation: Operation
    served_by: tuple[str, ...]

    @property
    def summary(self) -> str:
        """First line of its docstring."""
        return self.operation.doc.partition("\n")[0]


def find_operations(resolved: ResolvedTopology, search: str = "") -> tuple[FoundOperation, ...]:
    """
    Return the operations that have all words of *search*, in any case, sorted by id; at most 200.

    Looked at are the operation's id, method, path, errors and docstring, and who serves it.
    """
    servers: dict[type[Contract], list[str]] = {}
    for name, info in resolved.components.items():
        for contract in info.implements:
            servers.setdefault(contract, []).append(name)
    for server in resolved.topology.external.values():
        servers.setdefault(contract_named(server.contract), []).append(server.name)
    found = [
        FoundOperation(operation, tuple(names))
        for contract, names in servers.items()
        for operation in contract.operations.values()
        if _matches(operation, names, search.lower().split())
    ]
    return tuple(sorted(found, key=lambda one: one.operation.id)[:FOUND_MAX])


def _matches(operation: Operation, names: Iterable[str], words: Iterable[str]) -> bool:
    errors = (error.code for error in operation.raises)
    parts = (
        operation.id,
        operation.method,
        operation.path,
        operation.doc,
        path_of(operation.contract),
    )
    text = " ".join((*parts, *names, *errors)).lower()
    return all(word in text for word in words)
