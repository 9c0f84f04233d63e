"""Which fields of which answers a caller's selection needs: pruning, through every step."""

from collections.abc import Mapping
from typing import Any

import msgspec

from maestri.contracts import (
    Selection,
    field_types,
    item_of,
    left_out_field,
    merged,
    narrowed,
    selection_of,
    struct_of,
)
from maestri.plans.plan import Plan
from maestri.plans.steps import (
    Body,
    Call,
    Each,
    Item,
    Optional,
    Otherwise,
    Present,
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
from maestri.plans.uses import body_of, commands_in, eager_expressions, lazy_expressions

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
        kinds = field_types(type(expression))
        fields = {
            # A union of several messages is never narrowed.
            name: pruned_result(getattr(expression, name), below if has_fields(kind) else None)
            for name, below in selection.fields
            if (kind := kinds.get(name)) is not None
        }
        return narrowed(type(expression), selection)(**fields)
    return expression


class Demand:
    """
    What is needed of each step's value, worked out from the answer backwards.

    Attributes:
        of: For each step that is needed, the selection of its value; None is all of it.
        kept: Steps that run for what they do, whoever needs their value: around checks, commands.
    """

    def __init__(self, plan: Plan[..., Any], result: Any, selection: Selection | None) -> None:
        self.of: dict[int, Selection | None] = {}
        self._steps = plan.trace.steps
        owners = {body.scope: step for step in self._steps if (body := body_of(step)) is not None}
        self._owners = {body.item.index: owners[scope] for scope, body in _bodies(owners)}
        self.kept = self._find_kept(plan, owners)
        self._need(result, selection)
        for symbol in plan.trace.roots:
            self._need(symbol, NOTHING)
        for step in reversed(self._steps):
            if step.index in self.of:
                self._pass_on(step, self.of[step.index])
            elif step.index in self.kept:
                self._pass_on_kept(step)

    def selection_of_call(self, step: Call) -> Selection | None:
        """Return what to ask of the callee: None when all is needed, or nothing can be left out."""
        wanted = self.of.get(step.index)
        everything = selection_of(step.operation.item)
        if wanted is None or everything is None:
            return None
        reported = left_out_field(item_of(step.operation.item) or step.operation.item)
        if reported is not None:
            wanted = merged(wanted, Selection(((reported, None),)))
        return None if wanted == everything or not wanted or not wanted.fields else wanted

    def prune(self, step: Step, expression: Any) -> Any:
        """Return an expression that *step* yields, without the fields that nobody needs."""
        if body_of(step) is None and commands_in(expression, self._steps):
            return expression
        if step.index in self.of:
            return pruned_result(expression, self.of[step.index])
        return None if step.index in self.kept and body_of(step) is not None else expression

    def _find_kept(self, plan: Plan[..., Any], owners: Mapping[int, Step]) -> set[int]:
        kept: set[int] = set()
        for symbol in plan.trace.roots:
            scope = symbol.m_step.scope
            while scope:
                kept.add(owners[scope].index)
                scope = owners[scope].scope
        for step in self._steps:
            if any(commands_in(branch, self._steps) for branch in lazy_expressions(step)):
                kept.add(step.index)
        return kept

    def _need(self, expression: Any, selection: Selection | None) -> None:
        if isinstance(expression, Symbol):
            for name in reversed(expression.m_path):
                selection = Selection(((name, selection),))
            self._merge(expression.m_step.index, selection)
        elif isinstance(expression, tuple | list | frozenset):
            for item in expression:
                self._need(item, selection)
        elif isinstance(expression, Mapping):
            for item in expression.values():
                self._need(item, None)
        elif isinstance(expression, msgspec.Struct):
            kinds = field_types(type(expression))
            wanted = dict.fromkeys(kinds) if selection is None else selection.as_dict()
            for name, below in wanted.items():
                if name in kinds:
                    part = below if has_fields(kinds[name]) else None
                    self._need(getattr(expression, name), part)

    def _merge(self, index: int, selection: Selection | None) -> None:
        self.of[index] = merged(self.of[index], selection) if index in self.of else selection

    def _pass_on(self, step: Step, wanted: Selection | None) -> None:
        match step:
            case Each():
                self._need(step.body.result, wanted)
                self._need(step.items, NOTHING)
            case Then():
                self._need(step.body.result, wanted)
                self._need(step.value, NOTHING)
            case Item():
                self._need(_source_of(self._owners[step.index]), wanted)
            case Optional() | Otherwise() | Rescue() | Translate():
                self._need(step.step, wanted)
                self._need_lazy(step, wanted)
            case Present():
                self._need(step.items, wanted)
            case Quorum():
                self._need(step.steps, wanted)
            case Select():
                self._need(step.step, within(selection_of(step.shape), wanted))
            case _:
                self._need(eager_expressions(step), None)
                self._need_lazy(step, wanted)

    def _need_lazy(self, step: Step, wanted: Selection | None) -> None:
        for expression in lazy_expressions(step):
            self._need(expression, None if commands_in(expression, self._steps) else wanted)

    def _pass_on_kept(self, step: Step) -> None:
        asked = None if isinstance(step, When | Route) else NOTHING
        self._need(eager_expressions(step), asked)
        self._need(lazy_expressions(step), None)


def _bodies(owners: Mapping[int, Step]) -> list[tuple[int, Body]]:
    return [(scope, body) for scope, step in owners.items() if (body := body_of(step)) is not None]


def _source_of(owner: Step) -> Any:
    assert isinstance(owner, Each | Then)
    return owner.items if isinstance(owner, Each) else owner.value


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
