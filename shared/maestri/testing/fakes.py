"""A fake of any contract: answers what the test says, refuses what the contract would refuse."""

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


def fake(contract: type[C], /, **answers: Any) -> C:
    """
    Return an implementation of *contract* that answers what *answers* say.

    Args:
        contract: Any contract, an SPI too.
        answers: By the operation's Python name: a value, an error to raise, or a function of all
            the operation's arguments that returns or raises one; it may be async. A stream is
            answered by its bytes or its pieces. A batch without an answer of its own asks that of
            the single operation for each key.

    Raises:
        ContractError: From here, if there is no such operation. From a call: it has no answer, its
            arguments do not fit, the answer is of another type, or the error is not declared.
    """
    for name in answers:
        if name not in contract.operations:
            close = difflib.get_close_matches(name, contract.operations, 1)
            hint = f" Is {close[0]!r} meant?" if close else ""
            raise ContractError(
                f"{contract.__name__} has no operation {name!r}.{hint} "
                f"There are: {', '.join(contract.operations)}."
            )
    return stub(contract, FakeLink(contract, answers))


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

    def __init__(self, contract: type[Contract], answers: Mapping[str, Any]) -> None:
        self.calls: list[Call] = []
        self._contract = contract
        self._answers = answers

    async def send(self, operation: Operation, arguments: tuple[Any, ...], context: Context) -> Any:
        """Answer one call; see Link."""
        if context.deadline_s <= clock.now_s():
            raise NoTimeLeft("the deadline passed before the call was sent", operation=operation.id)
        names = (parameter.name for parameter in operation.parameters)
        self.calls.append(Call(operation.name, dict(zip(names, arguments, strict=True))))
        arguments = _fitting(operation, arguments)
        with use_context(context):
            try:
                value = await self._value(operation, arguments)
            except CallError as error:
                check_declared(operation, error)
                raise
        return _checked(operation, value, context.selection)

    async def _value(self, operation: Operation, arguments: tuple[Any, ...]) -> Any:
        if operation.name in self._answers:
            return await _answered(self._answers[operation.name], arguments)
        single = operation.batch_of
        if single is not None and single.name in self._answers:
            return await self._batch(operation, single, arguments)
        given = ", ".join(map(repr, arguments))
        name = self._contract.__name__
        raise ContractError(
            f"{operation.id}({given}) was called, but the fake has no answer for it. "
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
                value = await _answered(self._answers[single.name], of_key)
            except CallError as error:
                check_declared(single, error)
                outcomes[key] = Failed.of(error)
            else:
                outcomes[key] = Succeeded(value)
        return outcomes


async def _answered(answer: Any, arguments: tuple[Any, ...]) -> Any:
    if callable(answer) and not isinstance(answer, type):
        answer = answer(*arguments)
    if inspect.isawaitable(answer):
        answer = await answer
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _fitting(operation: Operation, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    try:
        return codec_of(operation).copied_arguments(arguments)
    except InvalidRequest as error:
        raise ContractError(
            f"{operation.id} was called with {arguments!r}: {error.field} {error.reason}"
        ) from error


def check_declared(operation: Operation, error: CallError) -> None:
    """Refuse a business error that *operation* does not declare."""
    declares = (operation.raises, ALWAYS_DECLARED)
    if isinstance(error, Rejected) and not isinstance(error, declares):
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
            raise _wrong(operation, value, "is no Reply")
        _copied(operation, value.value, None)
        return value
    whole = _copied(operation, value, None)
    return whole if selection is None else _copied(operation, value, selection)


def _copied(operation: Operation, value: Any, selection: Selection | None) -> Any:
    codec = codec_of(operation)
    if operation.result is type(None):
        if value is not None:
            raise _wrong(operation, value, "should be None")
        return None
    try:
        copy = codec.result(codec.body(value, selection), selection)
    except (Faulted, TypeError) as error:
        raise _wrong(operation, value, str(error)) from error
    # JSON alone would let a dict pass for a message and a list for a tuple.
    if selection is None and not _alike(copy, value):
        raise _wrong(operation, value, f"should be {operation.result}")
    return copy


def _alike(copy: Any, value: Any) -> bool:
    if copy == value:
        return True
    # Problems hold raw JSON, which compares by identity.
    same_kind = isinstance(value, type(copy)) or isinstance(copy, dict)
    return same_kind and msgspec.json.encode(copy) == msgspec.json.encode(value)


def _stream(operation: Operation, value: Any) -> AsyncIterator[bytes]:
    if isinstance(value, AsyncIterator):
        return cast("AsyncIterator[bytes]", value)
    pieces = (value,) if isinstance(value, bytes) else value
    if not isinstance(pieces, Iterable) or isinstance(pieces, str):
        raise _wrong(operation, value, "should be bytes or pieces of bytes")
    kept = tuple(pieces)
    if not all(isinstance(piece, bytes) for piece in kept):
        raise _wrong(operation, value, "should be bytes or pieces of bytes")
    return _pieces(kept)


async def _pieces(kept: tuple[bytes, ...]) -> AsyncIterator[bytes]:
    for piece in kept:
        yield piece


def _wrong(operation: Operation, value: Any, reason: str) -> ContractError:
    return ContractError(f"the fake of {operation.id} answered {value!r}, which {reason}")
