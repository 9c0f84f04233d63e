"""Expressions of symbols become functions of the steps' values."""

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_origin

import msgspec

from maestri.contracts import Failed, Operation, Succeeded, item_of, left_out_field
from maestri.plans.symbol import Symbol, symbols_in

Values = list[Any]
Evaluate = Callable[[Values], Any]
Reports = Callable[[Any], tuple[str, ...]]


def evaluator(expression: Any) -> Evaluate:
    """Return a function that evaluates *expression* from the values of the steps, by index."""
    if isinstance(expression, Symbol):
        index = expression.m_step.index
        if not expression.m_path:
            return operator.itemgetter(index)
        read = operator.attrgetter(".".join(expression.m_path))
        return lambda values: read(values[index])
    if not symbols_in(expression):
        return lambda _: expression
    if isinstance(expression, dict):
        members = tuple((name, evaluator(item)) for name, item in expression.items())
        return lambda values: {name: item(values) for name, item in members}
    if isinstance(expression, msgspec.Struct):
        return _constructor(expression)
    if type(expression) is tuple:
        return _tuple_of(expression)
    items = tuple(map(evaluator, expression))
    kind = type(expression)
    return lambda values: kind([item(values) for item in items])


def reporter_of(operation: Operation) -> Reports | None:
    """Return how to read the missing parts off an answer; None if it never names any."""
    kind = operation.result
    item = operation.item if get_origin(kind) is Mapping else item_of(kind)
    name = left_out_field(kind if item is None else item)
    if name is None:
        return None
    read: Reports = operator.attrgetter(name)
    if item is None:
        return read
    if get_origin(kind) is Mapping:
        return lambda answer: _parts(read, filter(None, map(_value_of, answer.values())))
    return lambda answer: _parts(read, answer)


def _parts(read: Reports, answers: Iterable[Any]) -> tuple[str, ...]:
    return tuple(part for answer in answers for part in read(answer))


def _value_of(outcome: Any) -> Any:
    if isinstance(outcome, Succeeded):
        return outcome.value
    return None if isinstance(outcome, Failed) else outcome


def _tuple_of(expression: tuple[Any, ...]) -> Evaluate:
    if all(isinstance(item, Symbol) and not item.m_path for item in expression):
        indices = [item.m_step.index for item in expression]
        if len(indices) > 1:
            return operator.itemgetter(*indices)
        only = indices[0]
        return lambda values: (values[only],)
    items = tuple(map(evaluator, expression))
    return lambda values: tuple([item(values) for item in items])


def _constructor(expression: msgspec.Struct) -> Evaluate:
    made: Callable[..., Any] = type(expression)
    names = expression.__struct_fields__
    items = tuple(evaluator(getattr(expression, name)) for name in names)
    if type(expression).__match_args__ == names:
        return lambda values: made(*[item(values) for item in items])
    fields = tuple(zip(names, items, strict=True))
    return lambda values: made(**{name: item(values) for name, item in fields})
