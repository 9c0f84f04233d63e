"""A plan compiled: a flat array of steps, each knowing what it waits for and who waits for it."""

import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec

from maestri.contracts import Operation, Selection, left_out_field
from maestri.plans.analysis import Analysis, eager_expressions, used
from maestri.plans.checks import check_plan
from maestri.plans.demand import Demand, has_fields, pruned_result, selects_anything
from maestri.plans.plan import Plan
from maestri.plans.steps import Call, Each, Input, LeftOutParts, Step
from maestri.plans.symbol import Symbol, symbols_in

Values = list[Any]
Evaluate = Callable[[Values], Any]


class Node:
    """
    One compiled step.

    Attributes:
        step: What was written.
        waits_for: Steps of the same scope that must have ended first.
        fallible: Those of the steps used whose failure is a value, not the end of the run.
        guarded: Whether this step's own failure is a value that somebody absorbs.
        limiter: The ``optional`` or ``quorum`` whose time limit applies, if any.
        evaluate: Its eager expressions, in the order of the algebra's arguments.
        branches: For steps with lazy expressions: how to evaluate each, and which steps it needs.
        selection: For calls: which fields to ask for.
        coalesces: For calls: whether an equal one may exist in the same run.
        batches: For calls inside ``each``: whether they are collected into one call.
        reports: For calls: the field in which the answer names its missing parts.
    """

    __slots__ = ("batches", "branches", "coalesces", "evaluate", "fallible", "guarded", "index", "limiter", "link",
                 "reports", "selection", "step", "waits_for")  # fmt: skip

    def __init__(self, step: Step, analysis: Analysis) -> None:
        index = step.index
        self.step = step
        self.index = index
        data = analysis.data[index]
        same = {i for i in data | analysis.order[index] if analysis.steps[i].scope == step.scope}
        self.waits_for = tuple(sorted(same))
        self.fallible = tuple(sorted(i for i in data if i in analysis.guarded))
        self.guarded = index in analysis.guarded
        self.limiter = analysis.limiter.get(index)
        self.evaluate: tuple[Evaluate, ...] = tuple(map(evaluator, eager_expressions(step)))
        self.branches = tuple(
            (
                evaluator(branch),
                tuple(i for i in sorted(used(branch)) if analysis.steps[i].scope == step.scope),
            )
            for branch in analysis.lazy(step)
        )
        self.selection: Selection | None = None
        self.coalesces = False
        self.batches = False
        self.reports: str | None = None
        self.link = -1


class Scope:
    """
    What runs together: the plan itself, or one body.

    Attributes:
        result: How to evaluate its result.
        fallible: Steps used by the result whose failure is a value.
        counts: How many steps each eager step waits for, by index.
        eager: Steps that run whenever the scope does.
        ready: Those that wait for nothing.
        consumers: For each step, the steps of this scope that wait for it.
        left_out: Steps that name the parts missing from this scope's result.
        batching: Calls in this scope and the scopes inside it that are collected.
    """

    __slots__ = (
        "batching",
        "consumers",
        "counts",
        "eager",
        "fallible",
        "item",
        "left_out",
        "ready",
        "result",
    )

    def __init__(self, number: int, analysis: Analysis, nodes: "list[Node | None]") -> None:
        result = analysis.result_of(number)
        self.result = evaluator(result)
        uses = used(result) | analysis.checked_in(number)
        self.fallible = tuple(sorted(i for i in uses if i in analysis.guarded))
        self.left_out = tuple(
            step.index
            for step in analysis.steps
            if isinstance(step, LeftOutParts) and step.scope == number
        )
        body = analysis.bodies.get(number)
        self.item = body.item.index if body is not None else -1
        given = {
            i for i in analysis.live if isinstance(analysis.steps[i], Input | LeftOutParts)
        } | {self.item}
        mine = [
            node
            for node in nodes
            if node is not None and node.step.scope == number and node.index not in given
        ]
        for node in mine:
            node.waits_for = tuple(i for i in node.waits_for if i not in given)
        self.eager = tuple(sorted(analysis.eager(number) - given))
        self.counts = [0] * len(nodes)
        self.consumers: list[tuple[int, ...]] = [()] * len(nodes)
        for node in mine:
            self.counts[node.index] = len(node.waits_for)
            for before in node.waits_for:
                self.consumers[before] = (*self.consumers[before], node.index)
        self.ready = tuple(i for i in self.eager if not self.counts[i])
        scopes = set(analysis.within(number))
        self.batching = frozenset(
            node.index
            for node in nodes
            if node is not None and node.batches and node.step.scope in scopes
        )


class Program:
    """
    A plan, ready to run for one selection.

    Attributes:
        nodes: By index of the step; None for what was pruned.
        scopes: By number; 0 is the plan itself.
        dependencies: Each distinct (contract, role) that is called; a call's *link* is its position.
        pruned: Names of the calls that nobody needs for this selection.
    """

    def __init__(self, plan: Plan[..., Any], selection: Selection | None = None) -> None:
        self.plan = plan
        self.size = len(plan.trace.steps)
        result = pruned_result(plan.result, selection)
        demand = None
        if selection is not None or selects_anything(plan):
            demand = Demand(plan, result, selection)
        analysis = (
            Analysis(plan, result) if demand is None else Analysis(plan, result, demand.prune)
        )
        if selection is None:
            check_plan(plan, analysis)
        self.nodes: list[Node | None] = [
            Node(step, analysis) if step.index in analysis.live else None
            for step in plan.trace.steps
        ]
        self.inputs = tuple(step.index for step in plan.inputs.values())
        self.dependencies: list[tuple[type[Any], str | None]] = []
        self._finish_calls(analysis, demand)
        self.scopes = {
            number: Scope(number, analysis, self.nodes)
            for number in (0, *analysis.owner)
            if number == 0 or analysis.owner[number].index in analysis.live
        }
        self.pruned = tuple(
            step.name
            for step in plan.trace.steps
            if isinstance(step, Call) and self.nodes[step.index] is None
        )

    def _finish_calls(self, analysis: Analysis, demand: Demand | None) -> None:
        calls = [node for node in self.nodes if node is not None and isinstance(node.step, Call)]
        repeated: dict[Operation, int] = {}
        for node in calls:
            assert isinstance(node.step, Call)
            times = 2 if node.step.scope else 1
            repeated[node.step.operation] = repeated.get(node.step.operation, 0) + times
        for node in calls:
            assert isinstance(node.step, Call)
            operation = node.step.operation
            dependency = (operation.contract, node.step.role)
            if dependency not in self.dependencies:
                self.dependencies.append(dependency)
            node.link = self.dependencies.index(dependency)
            node.coalesces = operation.safe and repeated[operation] > 1
            node.batches = (
                _is_in_each(node.step, analysis) and operation.safe and operation.batch is not None
            )
            node.reports = left_out_field(operation.item) if has_fields(operation.item) else None
            if demand is not None:
                node.selection = demand.selection_of_call(node.step)


@lru_cache(maxsize=1024)
def program_of(plan: Plan[..., Any], selection: Selection | None = None) -> Program:
    """
    Return the compiled plan for a selection; compiled once.

    Raises:
        PlanError: The plan does not fit its contracts.
    """
    return Program(plan, selection)


def evaluator(expression: Any) -> Evaluate:
    """Return a function that evaluates *expression* from the values of the steps, by index."""
    if isinstance(expression, Symbol):
        index = expression.m_step.index
        if not expression.m_path:
            return operator.itemgetter(index)
        read = operator.attrgetter(".".join(expression.m_path))
        return lambda values: read(values[index])
    if not symbols_in(expression):
        return lambda values: expression
    if isinstance(expression, tuple):
        items = tuple(map(evaluator, expression))
        return lambda values: tuple([item(values) for item in items])
    if isinstance(expression, dict):
        members = tuple((name, evaluator(item)) for name, item in expression.items())
        return lambda values: {name: item(values) for name, item in members}
    if isinstance(expression, msgspec.Struct):
        made: Callable[..., Any] = type(expression)
        fields = tuple(
            (name, evaluator(getattr(expression, name))) for name in expression.__struct_fields__
        )
        return lambda values: made(**{name: item(values) for name, item in fields})
    items = tuple(map(evaluator, expression))
    kind = type(expression)
    return lambda values: kind([item(values) for item in items])


def _is_in_each(step: Step, analysis: Analysis) -> bool:
    scope = step.scope
    while scope:
        owner = analysis.owner[scope]
        if isinstance(owner, Each):
            return True
        scope = owner.scope
    return False
