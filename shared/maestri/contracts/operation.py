"""One method of a contract, as data: everything that a link, a server or a plan must know of it."""

import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import (
    Any,
    NotRequired,
    ParamSpec,
    TypedDict,
    TypeVar,
    Unpack,
    get_args,
    get_origin,
    get_type_hints,
)

from maestri.contracts.message import batched_value, check_immutable
from maestri.contracts.parameter import Parameter, parameters_of, path_names_of
from maestri.contracts.reply import Reply
from maestri.errors import ContractError, Rejected

P = ParamSpec("P")
T = TypeVar("T")
Function = Callable[P, Coroutine[Any, Any, T]]

BATCH_MAX_DEFAULT = 100
ATTRIBUTE = "__maestri_operation__"


class OperationOptions(TypedDict):
    """
    What an operation may declare besides its signature.

    Keys:
        id: Stable last part of its id; the Python name if absent.
        raises: Business errors that it may raise.
        idempotent: Whether repeating it changes nothing more: reads, PUT and DELETE; not POST.
        safe: Whether it only reads. GET does.
        batch_of: Name of the operation that this one serves for many keys at once.
        batch_max: Keys per call; more are split over several calls.
        media_type: Of the response, where it is not JSON.
        timeout_s: Time that a client's request may take; only at the edge.
        etag: Whether the response carries an ETag and may be sent as 304; only at the edge.
        max_age_s: How long clients, and caches on the way, may keep the response; only at the edge.
        hidden: Whether OpenAPI leaves it out (pages, files).
    """

    id: NotRequired[str]
    raises: NotRequired[list[type[Rejected]]]
    idempotent: NotRequired[bool]
    safe: NotRequired[bool]
    batch_of: NotRequired[str]
    batch_max: NotRequired[int]
    media_type: NotRequired[str]
    timeout_s: NotRequired[float]
    etag: NotRequired[bool]
    max_age_s: NotRequired[int]
    hidden: NotRequired[bool]


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
        raises: Declared business errors.
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


def _operation(
    method: str, path: str, options: OperationOptions
) -> Callable[[Function[P, T]], Function[P, T]]:
    def declare(function: Function[P, T]) -> Function[P, T]:
        setattr(function, ATTRIBUTE, (method, path, options))
        return function

    return declare


def complete(function: Callable[..., Any], contract: type[Any], contract_id: str) -> Operation:
    """
    Return the operation that the decorated *function* declares in *contract*.

    Raises:
        ContractError: A type that is not immutable, a path or a parameter that cannot be sent.
    """
    method, path, options = getattr(function, ATTRIBUTE)
    where = function.__qualname__
    if not inspect.iscoroutinefunction(function):
        raise ContractError(f"{where}: write it as `async def`, so that any link can carry it")
    if not path.startswith("/"):
        raise ContractError(f"{where}: the path {path!r} must start with a slash")
    result = get_type_hints(function, include_extras=True).get("return", inspect.Parameter.empty)
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
        parameters=parameters_of(function, method, path_names_of(path)),
        result=type(None) if result is None else result,
        options=options,
        doc=inspect.cleandoc(function.__doc__ or ""),
        streams=streams,
        replies=replies,
        raises=tuple(options.get("raises", ())),
        safe=safe,
        idempotent=options.get("idempotent", safe or method in {"PUT", "DELETE"}),
    )
    check_immutable(operation.result, f"{where}, result")
    for parameter in operation.parameters:
        check_immutable(parameter.kind, f"{where}, parameter {parameter.name!r}")
    return operation


def link_batch(batch: Operation, single: Operation) -> Operation:
    """
    Return *batch*, tied to the operation that it serves for many keys.

    The two take the same arguments, but for one: the batch takes a tuple of keys instead of a key,
    and returns ``Mapping[Key, Outcome[Result]]``.

    Raises:
        ContractError: The two do not fit.
    """
    where = f"{batch.id}, batch_of {single.id}"
    if len(batch.parameters) != len(single.parameters):
        raise ContractError(
            f"{where}: both must take the same arguments, the batch a tuple of keys"
        )
    indices = [i for i, one in enumerate(single.parameters) if one.kind != batch.parameters[i].kind]
    if len(indices) != 1:
        raise ContractError(
            f"{where}: exactly one argument must differ, the key from the tuple of keys"
        )
    value = get_args(batch.result)[1] if get_origin(batch.result) is Mapping else None
    if value is None or batched_value(value) != single.result:
        raise ContractError(
            f"{where}: must return Mapping[Key, Outcome[...]], not {batch.result!r}"
        )
    tied = replace(batch, key_index=indices[0], links={"batch_of": single})
    single.links["batch"] = tied
    return tied
