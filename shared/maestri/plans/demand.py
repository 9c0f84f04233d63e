"""Which fields of which answers a caller's selection needs: pruning, through every step."""

from collections.abc import Mapping
from typing import Any

import msgspec

from maestri.contracts import (
    Selection,
    item_of,
    left_out_field,
    merged,
    narrowed,
    selection_of,
    struct_of,
)
from maestri.plans.analysis import body_of, eager_expressions, lazy_expressions
from maestri.plans.plan import Plan
from maestri.plans.steps import (
    Call,
    Each,
    Item,
    Optional,
    Otherwise,
    Quorum,
    Rescue,
    Route,
    Select,
    Step,
    Then,
    Translate,
    When,
)
from maestri.plans.symbol import Symbol, symbols_in

NOTHING = Selection(())


def pruned_result(expression: Any, selection: Selection | None) -> Any:
    """
    Return the expression of the answer with only the selected fields.

    A message becomes a partial one, with just these fields.
    """
    if selection is None or isinstance(expression, Symbol):
        return expression
    if isinstance(expression, tuple):
        return tuple(pruned_result(item, selection) for item in expression)
    if isinstance(expression, msgspec.Struct) and symbols_in(expression):
        fields = {
            name: pruned_result(getattr(expression, name), below)
            for name, below in selection.fields
            if name in expression.__struct_fields__
        }
        return narrowed(type(expression), selection)(**fields)
    return expression


class Demand:
    """
    What is needed of each step's value, worked out from the answer backwards.

    Attributes:
        of: For each step that is needed, the selection of its value; None is all of it.
    """

    def __init__(self, plan: Plan[..., Any], result: Any, selection: Selection | None) -> None:
        self.of: dict[int, Selection | None] = {}
        self._owners = {
            body.item.index: step
            for step in plan.trace.steps
            if (body := body_of(step)) is not None
        }
        self._need(result, selection)
        for symbol in plan.trace.roots:
            self._need(symbol, NOTHING)
        for step in reversed(plan.trace.steps):
            if step.index in self.of:
                self._pass_on(step, self.of[step.index])

    def selection_of_call(self, step: Call) -> Selection | None:
        """Return what to ask of the callee: None when all is needed, or nothing can be left out."""
        wanted = self.of.get(step.index)
        everything = selection_of(step.operation.item)
        if wanted is None or everything is None:
            return None
        reported = left_out_field(step.operation.item)
        if reported is not None:
            wanted = merged(wanted, Selection(((reported, None),)))
        return None if wanted == everything or not wanted or not wanted.fields else wanted

    def prune(self, step: Step, expression: Any) -> Any:
        """Return an expression that *step* yields, without the fields that nobody needs."""
        return pruned_result(expression, self.of.get(step.index))

    def _need(self, expression: Any, selection: Selection | None) -> None:
        if isinstance(expression, Symbol):
            for name in reversed(expression.m_path):
                selection = Selection(((name, selection),))
            self._merge(expression.m_step.index, selection)
        elif isinstance(expression, tuple | list):
            for item in expression:
                self._need(item, selection)
        elif isinstance(expression, Mapping):
            wanted = selection.as_dict() if selection is not None else {}
            for name, item in expression.items():
                if selection is None or name in wanted:
                    self._need(item, wanted.get(name))
        elif isinstance(expression, msgspec.Struct):
            self._need(
                {name: getattr(expression, name) for name in expression.__struct_fields__},
                selection,
            )

    def _merge(self, index: int, selection: Selection | None) -> None:
        self.of[index] = merged(self.of[index], selection) if index in self.of else selection

    def _pass_on(self, step: Step, wanted: Selection | None) -> None:
        match step:
            case Each() | Then():
                self._need(step.body.result, wanted)
                self._need(step.items if isinstance(step, Each) else step.value, NOTHING)
            case Item():
                owner = self._owners[step.index]
                self._need(
                    owner.items if isinstance(owner, Each) else getattr(owner, "value"), wanted
                )
            case Optional() | Otherwise() | Rescue() | Translate():
                self._need(step.step, wanted)
                for expression in lazy_expressions(step):
                    self._need(expression, wanted)
            case When() | Route():
                for expression in eager_expressions(step):
                    self._need(expression, None)
                for expression in lazy_expressions(step):
                    self._need(expression, wanted)
            case Quorum():
                self._need(step.steps, wanted)
            case Select():
                self._need(step.step, within(selection_of(step.shape), wanted))
            case _:
                for expression in eager_expressions(step):
                    self._need(expression, None)


def within(shape: Selection | None, wanted: Selection | None) -> Selection | None:
    """Return the part of *wanted* that *shape* has; all of *shape* where everything is wanted."""
    if wanted is None or shape is None:
        return shape
    branches = shape.as_dict()
    return Selection.of(
        {name: within(branches[name], below) for name, below in wanted.fields if name in branches}
    )


def selects_anything(plan: Plan[..., Any]) -> bool:
    """Tell whether the plan itself asks for fields, whatever its caller needs."""
    return any(isinstance(step, Select) for step in plan.trace.steps)


def has_fields(kind: Any) -> bool:
    """Tell whether a type has fields that could be left out."""
    return struct_of(item_of(kind) or kind) is not None
