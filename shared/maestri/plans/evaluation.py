"""Expressions of symbols, and pure steps, become functions of the steps' values."""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from maestri.contracts import shaping
from maestri.errors import BoundExceeded, Faulted
from maestri.plans.expressions import symbols_in
from maestri.plans.steps import Step, labelled
from maestri.plans.symbol import Symbol
from maestri.plans.words import (
    Compute,
    DropNone,
    Each,
    Gather,
    Otherwise,
    Route,
    Select,
    Then,
    When,
)

Values = list[Any]
Evaluate = Callable[[Values], Any]
Bodies = Mapping[int, tuple[int, Evaluate]]
"""For each block that is made of pure steps alone: its item, and how to evaluate its result."""


def evaluator(expression: Any) -> Evaluate:
    """Return a function that evaluates *expression* from the values of the steps, by index."""
    if isinstance(expression, Symbol):
        index = expression.m_step.index
        if not expression.m_path:
            return operator.itemgetter(index)
        if len(expression.m_path) == 1:
            return _field(index, expression.m_path[0])
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


def _field(index: int, name: str) -> Evaluate:
    read = operator.attrgetter(name)
    return lambda values: read(values[index])


def _tuple_of(expression: tuple[Any, ...]) -> Evaluate:
    if all(isinstance(item, Symbol) and not item.m_path for item in expression):
        indices = [item.m_step.index for item in expression]
        if len(indices) > 1:
            return operator.itemgetter(*indices)
        only = indices[0]
        return lambda values: (values[only],)
    items = tuple(map(evaluator, expression))
    if len(items) == 1:
        single = items[0]
        return lambda values: (single(values),)
    if len(items) == 2:  # noqa: PLR2004 - the two most frequent lengths, written out
        one, other = items
        return lambda values: (one(values), other(values))
    return lambda values: tuple([item(values) for item in items])


def _constructor(expression: msgspec.Struct) -> Evaluate:
    made: Callable[..., Any] = type(expression)
    names = expression.__struct_fields__
    items = tuple(evaluator(getattr(expression, name)) for name in names)
    if type(expression).__match_args__ == names:
        return lambda values: made(*[item(values) for item in items])
    fields = tuple(zip(names, items, strict=True))
    return lambda values: made(**{name: item(values) for name, item in fields})


def straight(steps: Sequence[tuple[int, Evaluate]], result: Evaluate) -> Evaluate:
    """Return a function that works out *steps*, one after the other, and then a result of them."""
    if not steps:
        return result

    def in_turn(values: Values) -> Any:
        for index, value in steps:
            values[index] = value(values)
        return result(values)

    return in_turn


def pure_evaluator(step: Step, bodies: Bodies, *, reshapes: bool) -> Evaluate | None:
    """
    Return how to work out a step that waits for nothing but values; None if it may have to wait.

    Args:
        step: The step.
        bodies: Those of its bodies that are made of such steps alone.
        reshapes: For a ``select``: whether anybody sees more of the value than fields of it.
    """
    if any(body.block not in bodies for body in step.bodies):
        return None
    if isinstance(step, Select) and not reshapes:
        return evaluator(step.operand)
    make = _PURE.get(type(step))
    return None if make is None else make(step, bodies)


def _compute(step: Compute, _: Bodies) -> Evaluate:
    function = step.function
    arguments = tuple(map(evaluator, step.arguments))
    named = tuple((name, evaluator(value)) for name, value in step.named.items())
    if named:
        return lambda values: function(
            *[argument(values) for argument in arguments],
            **{name: value(values) for name, value in named},
        )
    if len(arguments) == 1:
        only = arguments[0]
        return lambda values: function(only(values))
    return lambda values: function(*[argument(values) for argument in arguments])


def _gather(step: Gather, _: Bodies) -> Evaluate:
    return evaluator(step.value)


def _drop_none(step: DropNone, _: Bodies) -> Evaluate:
    items = evaluator(step.operand)
    return lambda values: tuple([item for item in items(values) if item is not None])


def _select(step: Select, _: Bodies) -> Evaluate:
    value, shaped = evaluator(step.operand), shaping(step.shape)

    def in_shape(values: Values) -> Any:
        # What our own caller does not need was not asked of the callee: it may be partial.
        found = value(values)
        return None if found is None else shaped(found)

    return in_shape


def _each(step: Each, bodies: Bodies) -> Evaluate:
    items_of = evaluator(step.operand)
    item, result = bodies[step.body.block]

    def each(values: Values) -> tuple[Any, ...]:
        items = bounded(step, items_of(values))
        results = []
        for one in items:
            values[item] = one
            results.append(result(values))
        return tuple(results)

    return each


def _then(step: Then, bodies: Bodies) -> Evaluate:
    value_of = evaluator(step.operand)
    item, result = bodies[step.body.block]

    def then(values: Values) -> Any:
        value = value_of(values)
        if value is None:
            return None
        values[item] = value
        return result(values)

    return then


def _when(step: When, bodies: Bodies) -> Evaluate:
    condition = evaluator(step.operand)
    _, result = bodies[step.body.block]
    return lambda values: result(values) if condition(values) else None


def _route(step: Route, bodies: Bodies) -> Evaluate:
    key = evaluator(step.operand)

    def route(values: Values) -> Any:
        return bodies[case_of(step, key(values))][1](values)

    return route


def _otherwise(step: Otherwise, bodies: Bodies) -> Evaluate:
    value_of = evaluator(step.operand)
    fallback = evaluator(step.fallback) if step.body is None else bodies[step.body.block][1]

    def otherwise(values: Values) -> Any:
        value = value_of(values)
        return fallback(values) if value is None else value

    return otherwise


_PURE: dict[type[Step], Callable[[Any, Bodies], Evaluate]] = {
    Compute: _compute,
    DropNone: _drop_none,
    Each: _each,
    Gather: _gather,
    Otherwise: _otherwise,
    Route: _route,
    Select: _select,
    Then: _then,
    When: _when,
}


def bounded(step: Each, items: Any) -> tuple[Any, ...]:
    """
    Return the items of an ``each``.

    Raises:
        BoundExceeded: There are more than its *items_max*.
    """
    found = items if type(items) is tuple else tuple(items)
    if len(found) > step.items_max:
        where = labelled(step.word, step.name, "")
        raise BoundExceeded(
            f"plan {step.trace.name}: {where} over {len(found)} items; "
            f"its items_max is {step.items_max}"
        )
    return found


def case_of(step: Route, key: Any) -> int:
    """
    Return the block of the case that equals *key*.

    Raises:
        Faulted: There is none.
    """
    for case, body in step.cases.items():
        if case == key:
            return body.block
    where = labelled(step.word, step.name, "")
    raise Faulted(
        f"plan {step.trace.name}: {where} has no case {key!r}; "
        "give it one, or choose by a key whose type is a Literal or an Enum"
    )
