"""An interface whose operations can be called over any link."""

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from maestri.contracts.batch import link_batch
from maestri.contracts.operation import ATTRIBUTE, Operation, complete, is_declared, operation_of
from maestri.contracts.options import ID
from maestri.errors import CallError, ContractError

PARAMETER = re.compile(r"\{[^/]*\}")
PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)+")

ErrorDecoder = Callable[[int, bytes], CallError | None]
"""Maps status and body of an external service's response to an error; None if it was none."""


class Contract:
    """
    A set of operations under one stable id.

    A subclass with an *id* is a contract; a subclass of that, without one, is an implementation::

        class Catalog(Contract, id="catalog"):
            @get("/products/{sku}", raises=[UnknownProduct])
            async def product(self, sku: str) -> Product: ...

        class CatalogService(Catalog):
            async def product(self, sku: str) -> Product:
                return Product(sku=sku)

    Args:
        id: Stable identity; part of every operation's id.
        edge: Whether clients call it: unknown fields are refused, context headers ignored.
        prefix: Path in front of its operations at the edge.
        external: For a service that knows nothing of Maestri: a function of status and body that
            returns the error a response stands for, or None if it is none.
    """

    contract_id: ClassVar[str] = ""
    operations: ClassVar[dict[str, Operation]] = {}
    edge: ClassVar[bool] = False
    prefix: ClassVar[str] = ""
    external: ClassVar[ErrorDecoder | None] = None

    def __init_subclass__(
        cls,
        *,
        id: str | None = None,  # noqa: A002 - `class Catalog(Contract, id="catalog")` reads well
        edge: bool = False,
        prefix: str = "",
        external: ErrorDecoder | None = None,
    ) -> None:
        super().__init_subclass__()
        if id is None:
            _check_implementation(cls, has_settings=edge or bool(prefix) or external is not None)
            return
        _check_settings(cls, id, prefix, edge=edge, external=external)
        cls.contract_id = id
        cls.edge = edge
        cls.prefix = prefix
        cls.external = staticmethod(external) if external else None
        cls.operations = _complete_all(cls, id)


def contracts_of(implementation: type[Contract]) -> tuple[type[Contract], ...]:
    """Return the contracts that a class implements, in the order of its bases."""
    return tuple(kind for kind in implementation.__mro__ if is_contract(kind))


def is_contract(kind: type) -> bool:
    """Tell whether *kind* is a contract itself, not an implementation of one."""
    return "contract_id" in vars(kind) and kind is not Contract


def check_implemented(implementation: type[Contract]) -> None:
    """
    Refuse a class that leaves operations of its contracts out.

    Raises:
        ContractError: Names the missing operations.
    """
    missing = [
        operation.id
        for contract in contracts_of(implementation)
        for operation in contract.operations.values()
        if operation_of(getattr(implementation, operation.name)) is not None
    ]
    if missing:
        raise ContractError(
            f"{implementation.__qualname__} does not implement {', '.join(missing)}; "
            "define each as a method"
        )


def _check_implementation(cls: type[Contract], *, has_settings: bool) -> None:
    """Refuse an implementation that declares what only a contract can."""
    where = cls.__qualname__
    if not any(map(is_contract, cls.__mro__[1:])):
        raise ContractError(
            f"{where}: a contract needs an id: class {cls.__name__}(Contract, id=...)"
        )
    if has_settings:
        raise ContractError(f"{where}: edge, prefix and external belong to the contract, not here")
    for name, function in vars(cls).items():
        if is_declared(function):
            raise ContractError(
                f"{where}.{name}: an operation is declared in the contract, and only implemented "
                "here; take the decorator away, or move it there"
            )


def _check_settings(
    cls: type[Contract],
    contract_id: str,
    prefix: str,
    *,
    edge: bool,
    external: ErrorDecoder | None,
) -> None:
    where = cls.__qualname__
    if not isinstance(contract_id, str) or not ID.fullmatch(contract_id):
        raise ContractError(
            f"{where}: the id {contract_id!r} may have letters, digits, '_', '.' and '-'"
        )
    if external is not None and not callable(external):
        raise ContractError(f"{where}: external is a function of status and body, not {external!r}")
    if edge and external:
        raise ContractError(f"{where}: what clients call is ours, not an external service")
    if prefix and not edge:
        raise ContractError(
            f"{where}: a prefix is only for the edge; elsewhere a component has one"
        )
    if prefix and not (isinstance(prefix, str) and PREFIX.fullmatch(prefix)):
        raise ContractError(f"{where}: the prefix {prefix!r} must be like '/shop', without an end")


def _complete_all(cls: type[Contract], contract_id: str) -> dict[str, Operation]:
    declared = {name: function for name, function in vars(cls).items() if is_declared(function)}
    _refuse_undeclared(cls, declared)
    operations = {name: complete(function, cls, contract_id) for name, function in declared.items()}
    for name, operation in list(operations.items()):
        single = operation.options.get("batch_of")
        if single is None:
            continue
        if single not in operations:
            raise ContractError(
                f"{operation.id}: batch_of={single!r} is no operation of {contract_id}"
            )
        operations[name] = link_batch(operation, operations[single])
    _refuse_equal(operations)
    _refuse_equal_errors(operations)
    for name, operation in operations.items():
        setattr(declared[name], ATTRIBUTE, operation)
    return operations


def _refuse_undeclared(cls: type[Contract], declared: Mapping[str, Any]) -> None:
    """Refuse a public method that nobody could call, as nothing says how it travels."""
    for name, function in vars(cls).items():
        is_method = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
        if is_method and name not in declared and not name.startswith("_"):
            raise ContractError(
                f"{cls.__qualname__}.{name} is no operation; say how it travels, such as "
                f'@get("/{name}"), or let its name begin with an underscore'
            )


def _refuse_equal(operations: dict[str, Operation]) -> None:
    seen: set[Any] = set()
    for operation in operations.values():
        identity, route = operation.id, (operation.method, PARAMETER.sub("{}", operation.path))
        if identity in seen or route in seen:
            raise ContractError(
                f"{operation.id}: another operation has the same id or the same method and path"
            )
        seen |= {identity, route}


def _refuse_equal_errors(operations: dict[str, Operation]) -> None:
    declared: dict[str, Any] = {}
    for operation in operations.values():
        for error in operation.raises:
            if declared.setdefault(error.code, error) is not error:
                raise ContractError(
                    f"{operation.id}: another operation declares another error with the id "
                    f"{error.code!r}; declare the same class, or give it an id of its own"
                )
