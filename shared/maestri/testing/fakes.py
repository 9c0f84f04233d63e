"""A fake of any contract: returns what the test says, refuses what the contract would refuse."""

import difflib
import inspect
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar, cast

import msgspec

from maestri import clock
from maestri.context import Context, use_context
from maestri.contracts import Contract, Failed, Operation, Reply, Selection, Succeeded, codec_of
from maestri.errors import (
    ALWAYS_DECLARED,
    CallError,
    ContractError,
    Faulted,
    InvalidRequest,
    NoTimeLeft,
    Rejected,
)
from maestri.links import Link, link_of, stub

C = TypeVar("C", bound=Contract)


class Call(NamedTuple):
    """A call that a fake got: the operation's Python name, and all arguments by name."""

    operation: str
    arguments: Mapping[str, Any]


def fake(contract: type[C], /, **results: Any) -> C:
    """
    Return an implementation of *contract* that returns what *results* say.

    Args:
        contract: Any contract, an SPI too.
        results: By the operation's Python name: a value, an error to raise, or a function of all
            the operation's arguments that returns or raises one; it may be async. A stream is
            given by its bytes or its chunks. A batch without a result of its own asks that of
            the single operation for each key.

    Raises:
        ContractError: From here, if there is no such operation. From a call: it has no result, its
            arguments do not fit, the result is of another type, or the error is not declared.
    """
    for name in results:
        if name not in contract.operations:
            close = difflib.get_close_matches(name, contract.operations, 1)
            hint = f" Is {close[0]!r} meant?" if close else ""
            raise ContractError(
                f"{contract.__name__} has no operation {name!r}.{hint} "
                f"There are: {', '.join(contract.operations)}."
            )
    return stub(contract, FakeLink(contract, results))


def calls_of(instance: Contract) -> tuple[Call, ...]:
    """
    Return the calls that a fake got, oldest first; refused ones too.

    Raises:
        ContractError: *instance* was not made by ``fake``.
    """
    link: Link | None = link_of(instance)
    while link is not None and not isinstance(link, FakeLink):
        link = getattr(link, "wrapped", None)
    if link is None:
        raise ContractError(f"{type(instance).__name__} is no fake: make it with fake(...)")
    return tuple(link.calls)


class FakeLink:
    """
    The link to a fake; see ``fake``.

    Attributes:
        calls: Those it got.
    """

    def __init__(self, contract: type[Contract], results: Mapping[str, Any]) -> None:
        self.calls: list[Call] = []
        self._contract = contract
        self._results = results

    async def send(self, operation: Operation, arguments: tuple[Any, ...], context: Context) -> Any:
        """Serve one call; see Link."""
        if context.deadline_s <= clock.now_s():
            raise NoTimeLeft("the deadline passed before the call was sent", operation=operation.id)
        names = (parameter.name for parameter in operation.parameters)
        self.calls.append(Call(operation.name, dict(zip(names, arguments, strict=True))))
        arguments = _checked_arguments(operation, arguments)
        with use_context(context):
            try:
                value = await self._value(operation, arguments)
            except CallError as error:
                check_declared(operation, error)
                raise
        return _checked(operation, value, context.selection)

    async def _value(self, operation: Operation, arguments: tuple[Any, ...]) -> Any:
        if operation.name in self._results:
            return await _result_of(self._results[operation.name], arguments)
        single = operation.batch_of
        if single is not None and single.name in self._results:
            return await self._batch(operation, single, arguments)
        given = ", ".join(map(repr, arguments))
        name = self._contract.__name__
        raise ContractError(
            f"{operation.id}({given}) was called, but the fake has no result for it. "
            f"Give it one: fake({name}, {operation.name}=...)"
        )

    async def _batch(
        self, operation: Operation, single: Operation, arguments: tuple[Any, ...]
    ) -> Mapping[Any, Any]:
        index = operation.key_index
        outcomes: dict[Any, Any] = {}
        for key in arguments[index]:
            of_key = (*arguments[:index], key, *arguments[index + 1 :])
            try:
                value = await _result_of(self._results[single.name], of_key)
            except CallError as error:
                check_declared(single, error)
                outcomes[key] = Failed.of(error)
            else:
                outcomes[key] = Succeeded(value)
        return outcomes


async def _result_of(result: Any, arguments: tuple[Any, ...]) -> Any:
    if callable(result) and not isinstance(result, type):
        result = result(*arguments)
    if inspect.isawaitable(result):
        result = await result
    if isinstance(result, BaseException):
        raise result
    return result


def _checked_arguments(operation: Operation, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    try:
        return codec_of(operation).copied_arguments(arguments)
    except InvalidRequest as error:
        raise ContractError(
            f"{operation.id} was called with {arguments!r}: {error.field} {error.reason}"
        ) from error


def check_declared(operation: Operation, error: CallError) -> None:
    """Refuse a business error that *operation* does not declare."""
    if isinstance(error, Rejected) and error.code not in {
        kind.code for kind in (*operation.raises, *ALWAYS_DECLARED)
    }:
        declared = ", ".join(kind.__name__ for kind in operation.raises) or "none"
        raise ContractError(
            f"{operation.id} does not declare {type(error).__name__}; it declares: {declared}"
        ) from error


def _checked(operation: Operation, value: Any, selection: Selection | None) -> Any:
    """Return *value* as the caller would get it over the network."""
    if operation.streams:
        return _stream(operation, value)
    if operation.replies:
        if not isinstance(value, Reply):
            raise _mismatch(operation, value, "is no Reply")
        _copied(operation, value.value, None)
        return value
    whole = _copied(operation, value, None)
    return whole if selection is None else _copied(operation, value, selection)


def _copied(operation: Operation, value: Any, selection: Selection | None) -> Any:
    codec = codec_of(operation)
    if operation.result is type(None):
        if value is not None:
            raise _mismatch(operation, value, "should be None")
        return None
    try:
        copy = codec.result(codec.body(value, selection), selection)
    except (Faulted, TypeError) as error:
        raise _mismatch(operation, value, str(error)) from error
    # JSON alone would let a dict pass for a message and a list for a tuple.
    if selection is None and not _equal_as_json(copy, value):
        raise _mismatch(operation, value, f"should be {operation.result}")
    return copy


def _equal_as_json(copy: Any, value: Any) -> bool:
    if copy == value:
        return True
    # Problems hold raw JSON, which compares by identity.
    same_kind = isinstance(value, type(copy)) or isinstance(copy, dict)
    return same_kind and msgspec.json.encode(copy) == msgspec.json.encode(value)


def _stream(operation: Operation, value: Any) -> AsyncIterator[bytes]:
    if isinstance(value, AsyncIterator):
        return cast("AsyncIterator[bytes]", value)
    chunks = (value,) if isinstance(value, bytes) else value
    if not isinstance(chunks, Iterable) or isinstance(chunks, str):
        raise _mismatch(operation, value, "should be bytes or chunks of bytes")
    chunks = tuple(chunks)
    if not all(isinstance(chunk, bytes) for chunk in chunks):
        raise _mismatch(operation, value, "should be bytes or chunks of bytes")
    return _chunks(chunks)


async def _chunks(chunks: tuple[bytes, ...]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def _mismatch(operation: Operation, value: Any, reason: str) -> ContractError:
    return ContractError(f"the fake of {operation.id} returned {value!r}, which {reason}")
