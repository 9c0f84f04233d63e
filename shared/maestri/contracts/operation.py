"""One method of a contract, as data: everything that a link, a server or a plan must know of it."""

import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import (
    Any,
    ParamSpec,
    TypeVar,
    Unpack,
    get_args,
    get_origin,
)

import msgspec

from maestri.contracts.message import batched_value, default_of
from maestri.contracts.options import (
    IDEMPOTENT_METHODS,
    OperationOptions,
    check_options,
    check_raises,
    check_values,
)
from maestri.contracts.parameter import Parameter, parameters_of
from maestri.contracts.reply import Reply
from maestri.contracts.sendable import check_default, check_sendable
from maestri.errors import ContractError, Rejected, hints_of

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]

BATCH_MAX_DEFAULT = 100
ATTRIBUTE = "__maestri_operation__"


@dataclass(frozen=True, eq=False)
class Operation:
    """
    One operation of a contract.

    Attributes:
        id: ``contract.operation``; outlives the Python name and the URL.
        contract: The contract class that declares it.
        name: Its Python name.
        method, path: As on the wire; names in braces are parameters.
        parameters: In the order of the signature.
        result: Type of the response; None gives 204, bytes of a stream are ``bytes``.
        options: As they were declared; see OperationOptions.
        doc: Its docstring, for people.
        raises: Declared business errors.
        safe: Whether it only reads, so that callers share its response and links repeat it.
        idempotent: Whether links may repeat it.
        streams: Whether the response is an ``AsyncIterator[bytes]``.
        replies: Whether the response is a ``Reply[T]`` (then *result* is T).
        batch_of: The operation that it batches, set when the contract is complete.
        batch: The operation that batches this one.
        key_index: Of a batch: position of the parameter that holds the keys.
    """

    id: str
    contract: type[Any]
    name: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    result: Any
    options: OperationOptions
    doc: str
    streams: bool
    replies: bool
    raises: tuple[type[Rejected], ...]
    safe: bool
    idempotent: bool
    links: dict[str, "Operation"] = field(default_factory=dict)
    key_index: int = 0

    @property
    def batch(self) -> "Operation | None":
        """The operation that serves this one for many keys."""
        return self.links.get("batch")

    @property
    def batch_of(self) -> "Operation | None":
        """The operation that this one serves for many keys."""
        return self.links.get("batch_of")

    @property
    def batch_max(self) -> int:
        """Keys per call."""
        return self.options.get("batch_max", BATCH_MAX_DEFAULT)

    @property
    def item(self) -> Any:
        """Type that a selection speaks of: the response, or one value of a batch."""
        if get_origin(self.result) is Mapping:
            value = get_args(self.result)[1]
            return batched_value(value) or value
        return self.result

    def bind(self, positional: tuple[Any, ...], named: Mapping[str, Any]) -> tuple[Any, ...]:
        """
        Return all arguments in the order of the signature, defaults filled in.

        Raises:
            TypeError: As Python would for the same call.
        """
        if not named and len(positional) == len(self.parameters):
            return positional
        if len(positional) > len(self.parameters):
            raise TypeError(
                f"{self.id}() takes {len(self.parameters)} arguments, not {len(positional)}"
            )
        rest = dict(named)
        bound = list(positional)
        for parameter in self.parameters[len(positional) :]:
            value = rest.pop(parameter.name, parameter.default)
            if value is inspect.Parameter.empty:
                raise TypeError(f"{self.id}() misses the argument {parameter.name!r}")
            bound.append(value)
        if rest:
            raise TypeError(f"{self.id}() has no argument {next(iter(rest))!r}")
        return tuple(bound)

    def __repr__(self) -> str:
        return f"<operation {self.id}>"


def get(
    path: str, **options: Unpack[OperationOptions]
) -> Callable[[Function[P, T]], Function[P, T]]:
    """Declare an operation that reads: safe, and so idempotent."""
    return _operation("GET", path, options)


def post(
    path: str, **options: Unpack[OperationOptions]
) -> Callable[[Function[P, T]], Function[P, T]]:
    """Declare a command, not idempotent unless it says so; with ``safe=True`` a long read."""
    return _operation("POST", path, options)


def put(
    path: str, **options: Unpack[OperationOptions]
) -> Callable[[Function[P, T]], Function[P, T]]:
    """Declare a command that sets something; idempotent."""
    return _operation("PUT", path, options)


def patch(
    path: str, **options: Unpack[OperationOptions]
) -> Callable[[Function[P, T]], Function[P, T]]:
    """Declare a command that changes a part; not idempotent unless it says so."""
    return _operation("PATCH", path, options)


def delete(
    path: str, **options: Unpack[OperationOptions]
) -> Callable[[Function[P, T]], Function[P, T]]:
    """Declare a command that removes something; idempotent."""
    return _operation("DELETE", path, options)


def operation_of(function: Any) -> Operation | None:
    """Return the operation that *function*, such as ``Catalog.product``, declares, if any."""
    found = getattr(function, ATTRIBUTE, None)
    return found if isinstance(found, Operation) else None


def is_declared(function: Any) -> bool:
    """Tell whether *function* is marked as an operation that no contract has completed yet."""
    return isinstance(getattr(function, ATTRIBUTE, None), tuple)


def _operation(
    method: str, path: str, options: OperationOptions
) -> Callable[[Function[P, T]], Function[P, T]]:
    if not isinstance(path, str):
        raise ContractError(
            f"{method.lower()}() is given {path!r} instead of a path; write "
            f'@{method.lower()}("/things/{{id}}")'
        )

    def declare(function: Function[P, T]) -> Function[P, T]:
        if is_declared(function):
            raise ContractError(
                f"{function.__qualname__} is declared twice; give it one method and path, and "
                "write another operation for the other"
            )
        setattr(function, ATTRIBUTE, (method, path, options))
        return function

    return declare


def complete(function: Callable[..., Any], contract: type[Any], contract_id: str) -> Operation:
    """
    Return the operation that the decorated *function* declares in *contract*.

    Raises:
        ContractError: A type, a path or a parameter that cannot be sent, options that contradict
            each other, errors that cannot be declared.
    """
    method, path, options = getattr(function, ATTRIBUTE)
    where = function.__qualname__
    check_values(options, where)
    if not inspect.iscoroutinefunction(function):
        raise ContractError(f"{where}: write it as `async def`, so that any link can carry it")
    result = hints_of(function, where).get("return", inspect.Parameter.empty)
    if result is inspect.Parameter.empty:
        raise ContractError(f"{where}: has no result type; annotate it, with None for no result")
    streams = get_origin(result) is AsyncIterator and get_args(result) == (bytes,)
    replies = get_origin(result) is Reply
    result = bytes if streams else get_args(result)[0] if replies else result
    safe = options.get("safe", method == "GET")
    operation = Operation(
        id=f"{contract_id}.{options.get('id', function.__name__)}",
        contract=contract,
        name=function.__name__,
        method=method,
        path=path,
        parameters=parameters_of(function, method, path),
        result=type(None) if result is None else result,
        options=options,
        doc=inspect.cleandoc(function.__doc__ or ""),
        streams=streams,
        replies=replies,
        raises=tuple(options.get("raises", ())),
        safe=safe,
        idempotent=options.get("idempotent", safe or method in IDEMPOTENT_METHODS),
    )
    check_options(operation, where)
    _check_types(operation, where)
    return operation


def _check_types(operation: Operation, where: str) -> None:
    check_sendable(operation.result, f"{where}, result")
    for parameter in operation.parameters:
        check_sendable(parameter.kind, f"{where}, parameter {parameter.name!r}")
    check_raises(operation.raises, where)
    for error in operation.raises:
        for part in msgspec.structs.fields(error.structure()):
            inside = f"{where}, field {error.__name__}.{part.name}"
            check_sendable(part.type, inside)
            if not part.required:
                check_default(default_of(part), part.type, inside)
