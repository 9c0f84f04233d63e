"""
Expressions: symbols in tuples, mappings and messages, whose values are filled in at run time.

What a step is given is walked once, while it is traced; what ``hidden`` finds in anything else is
refused.
"""

import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NoReturn

import msgspec

from maestri.contracts import operation_of
from maestri.plans.hidden import hidden_symbol
from maestri.plans.refusal import Where, refuse
from maestri.plans.symbol import Symbol

DEPTH_MAX = 32

_FILLED_IN = (tuple, frozenset, dict)


def symbols_in(value: Any, *, depth: int = 0) -> list[Symbol]:
    """
    Return the symbols in an expression: in tuples, mappings and messages.

    Raises:
        PlanError: It is nested deeper than DEPTH_MAX; so does any look into an expression.
    """
    if isinstance(value, Symbol):
        return [value]
    if depth > DEPTH_MAX:
        _refuse_deep(Where("a value"))
    return [symbol for part in _parts(value) for symbol in symbols_in(part, depth=depth + 1)]


def used(expression: Any) -> frozenset[int]:
    """Return the indices of the steps that an expression uses."""
    return frozenset(symbol.m_step.index for symbol in symbols_in(expression))


def used_by(expressions: Iterable[Any]) -> frozenset[int]:
    """Return the indices of the steps that the expressions use."""
    return frozenset().union(*map(used, expressions))


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple | frozenset):
        yield from value
    elif isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield getattr(value, name)


def check_expression(value: Any, visible: Callable[[Symbol], None], where: Where) -> None:
    """
    Refuse an expression that the compiler could not evaluate at run time.

    Args:
        value: What a step was given, or the result of a plan or body.
        visible: Called with each symbol; refuses those of other plans and bodies.
        where: What is being checked, for the message.
    """
    _check(value, visible, where, 0)


def _check(value: Any, visible: Callable[[Symbol], None], where: Where, depth: int) -> None:
    if isinstance(value, Symbol):
        visible(value)
        return
    if depth > DEPTH_MAX:
        _refuse_deep(where)
    if type(value) in _FILLED_IN or isinstance(value, msgspec.Struct):
        for part in _parts(value):
            _check(part, visible, where, depth + 1)
        if type(value) is dict:
            _refuse_hiding(tuple(value), where)
        return
    _refuse_uncalled(value, where)
    _refuse_unfinished(value, where)
    _refuse_hiding(value, where)


def _refuse_deep(where: Where) -> NoReturn:
    refuse(
        f"{where.what} is nested deeper than {DEPTH_MAX}",
        "hold the parts in fewer messages",
        where.line,
    )


def _refuse_uncalled(value: Any, where: Where) -> None:
    if hasattr(type(value), "m_plan"):
        refuse(
            f"{where.what} has {value!r}, which is not called",
            f"write {value.name}(...)",
            where.line,
        )
    if operation_of(value) is not None:
        refuse(
            f"{where.what} has the operation {value.__qualname__}, which is not called",
            f"write call({value.__qualname__}, ...)",
            where.line,
        )


def _refuse_unfinished(value: Any, where: Where) -> None:
    if isinstance(value, types.CoroutineType | types.AsyncGeneratorType):
        if isinstance(value, types.CoroutineType):
            value.close()  # nobody will await it, which is said here
        refuse(
            f"{where.what} has the {type(value).__name__} of {value.__qualname__}, "
            "which nobody awaits",
            "call an operation with call(operation, ...); for anything else write `def`: steps are "
            "not awaited, the executor runs them",
            where.line,
        )


def _refuse_hiding(value: Any, where: Where) -> None:
    hidden = hidden_symbol(value, where)
    if hidden is not None:
        kind = type(value).__name__
        refuse(
            f"{where.what} hides {hidden!r} in a {kind}, where its value is never filled in",
            _remedy(value),
            where.line,
        )
    if isinstance(value, types.GeneratorType):
        refuse(
            f"{where.what} has a generator, which has no value of its own",
            "use a tuple",
            where.line,
        )


def _remedy(value: Any) -> str:
    if callable(value):
        return "give the function what it needs as arguments: compute(function, value, ...)"
    if isinstance(value, slice):
        return "use compute(function, items, ...) with a function that takes the slice"
    if isinstance(value, Mapping):
        return "use a plain dict"
    if isinstance(value, Iterable) and not isinstance(value, tuple):
        return "use a tuple"
    return "use a Message or a plain tuple"


def check_function(function: Any, where: str) -> None:
    """Refuse a function that would find a symbol where it expects a value."""
    hidden = hidden_symbol(function, Where(where))
    if hidden is not None:
        refuse(
            f"{where} uses {hidden!r} without being given it, so it would find no value",
            "give it as an argument: compute(function, value, ...)",
        )
