"""Which fields of which results a caller's selection needs: pruning, through every step."""

from collections.abc import Mapping
from dataclasses import replace
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
from maestri.plans.analysis import Analysis
from maestri.plans.expressions import symbols_in, used
from maestri.plans.steps import NOTHING, Body, Step
from maestri.plans.symbol import Symbol
from maestri.plans.words import Call, Gather, Select

UNNEEDED: Any = object()


class Demand:
    """
    What is needed of each step's value, worked out from the result backwards.

    Roots run whoever needs their value; so does, in full, whatever decides about a command: what
    it is given, and what is written before it and would keep it from running by its failure. So
    which commands run, and with what, is the same for every selection.

    Attributes:
        of: For each step that is needed, the selection of its value; None is all of it.
        deciding: Steps that decide about a command.
    """

    def __init__(self, analysis: Analysis, selection: Selection | None) -> None:
        self.of: dict[int, Selection | None] = {}
        self._liveness = analysis.liveness
        self._steps = analysis.liveness.steps
        self._bodies: dict[int, Selection | None] = {}
        self._for_its_effect = False
        self._roots = {i for roots in self._liveness.roots.values() for i in roots}
        self.deciding: set[int] = set()
        self._selection = selection
        self._need_what_decides(analysis)
        self.need(self._liveness.results[0], selection)
        for step in self._steps:
            if step.index in self._liveness.checked:
                # A check is there for the refusal of all that leads to it.
                self._merge(step.index, NOTHING if isinstance(step, Call) else None)
        for step in reversed(self._steps):
            if step.index in self.of:
                if isinstance(step, Gather) and self._reaches_root(step):
                    self.of[step.index] = None
                step.propagate_demand(self, self.of[step.index])
                self._need_keys(step)
            elif step.index in self._roots:
                self._for_its_effect = True
                step.propagate_demand(self, NOTHING)
                self._need_keys(step)
                self._for_its_effect = False

    def results(self) -> dict[int, Any]:
        """Return the expressions of the blocks' results, without what nobody needs."""
        pruned = {0: pruned_result(self._liveness.results[0], self._selection)}
        for block in self._liveness.owners:
            wanted = self._bodies.get(block, UNNEEDED)
            result = self._liveness.results[block]
            pruned[block] = None if wanted is UNNEEDED else pruned_result(result, wanted)
        return pruned

    def steps(self) -> list[Step]:
        """Return the steps, without what nobody needs of the messages that they make."""
        return [self._pruned(step) if step.index in self.of else step for step in self._steps]

    def _pruned(self, step: Step) -> Step:
        wanted = self.of[step.index]
        if isinstance(step, Gather):
            return replace(step, value=pruned_result(step.value, wanted))
        if isinstance(step, Select):
            # What the callee answers has its own names on the wire, and its own tag.
            return replace(step, shape=narrowed(step.shape, wanted))
        return step

    def selection_of_call(self, step: Call) -> Selection | None:
        """Return what to ask of the callee: None when all is needed, or nothing can be left out."""
        wanted = self.of.get(step.index)
        everything = selection_of(step.operation.item)
        if wanted is None or everything is None or step.operation.replies:
            return None  # a Reply is no message: it comes from where nobody knows of selections
        reported = left_out_field(item_of(step.operation.item) or step.operation.item)
        if reported is not None:
            wanted = merged(wanted, Selection(((reported, None),)))
        return None if wanted == everything or not wanted or not wanted.fields else wanted

    def need(self, expression: Any, selection: Selection | None) -> None:
        """Note that the selected fields of an expression are needed; None is all of it."""
        if isinstance(expression, Symbol):
            self._need_symbol(expression, selection)
        elif isinstance(expression, tuple | list | frozenset):
            for item in expression:
                self.need(item, selection)
        elif isinstance(expression, Mapping):
            for item in expression.values():
                self.need(item, None)
        elif isinstance(expression, msgspec.Struct):
            kinds = field_types(type(expression))
            wanted = dict.fromkeys(kinds) if selection is None else selection.as_dict()
            for name, below in wanted.items():
                if name in kinds:
                    part = below if has_fields(kinds[name]) else None
                    self.need(getattr(expression, name), part)

    def _need_symbol(self, symbol: Symbol, selection: Selection | None) -> None:
        if self._selection is None and symbol.m_path:
            # Without a selection only a select() asks for less than all of a result.
            selection = None
        else:
            for name in reversed(symbol.m_path):
                selection = Selection(((name, selection),))
        self._merge(symbol.m_step.index, selection)

    def need_body(self, body: Body, selection: Selection | None) -> None:
        """Note what is needed of the result of a body."""
        if self._for_its_effect:
            return
        known = self._bodies.get(body.block, UNNEEDED)
        self._bodies[body.block] = selection if known is UNNEEDED else merged(known, selection)
        self.need(body.result, selection)

    def _merge(self, index: int, selection: Selection | None) -> None:
        self.of[index] = merged(self.of[index], selection) if index in self.of else selection

    def _reaches_root(self, step: Gather) -> bool:
        found = set(used(step.value))
        waiting = list(found)
        while waiting:
            uses = self._liveness.uses[waiting.pop()] - found
            found |= uses
            waiting.extend(uses)
        return not found.isdisjoint(self._roots)

    def _need_keys(self, step: Step) -> None:
        for body in step.bodies:
            self.need(body.key, None)

    def _need_what_decides(self, analysis: Analysis) -> None:
        order, failures = analysis.order, analysis.failures
        for command in order.with_side_effects:
            step = self._steps[command]
            for symbol in symbols_in(step.eager):
                self._merge(symbol.m_step.index, None)
            for index in self._liveness.in_block(step.block):
                if index >= command:
                    continue
                if index not in failures.handled or index in order.stopped_by.get(command, ()):
                    self._merge(index, None)
                    self.deciding.add(index)


def pruned_result(expression: Any, selection: Selection | None) -> Any:
    """
    Return the expression of the result with only the selected fields.

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


def has_fields(kind: Any) -> bool:
    """Tell whether a type has fields that could be left out."""
    return struct_of(item_of(kind) or kind) is not None
