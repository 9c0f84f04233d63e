"""A plan compiled: a flat array of steps, each knowing what it waits for and who waits for it."""

from functools import lru_cache
from typing import Any

from maestri.contracts import Operation, Selection
from maestri.plans.analysis import Analysis
from maestri.plans.checks import check_plan
from maestri.plans.demand import Demand, pruned_result, selects_anything
from maestri.plans.evaluation import Evaluate, Reports, evaluator, reporter_of
from maestri.plans.plan import Plan
from maestri.plans.steps import Call, Input, LeftOutParts, Step
from maestri.plans.uses import eager_expressions, is_command, used, used_by

PROGRAMS_MAX = 1024


class Branch:
    """
    An expression that is evaluated only in some cases.

    Attributes:
        evaluate: Yields its value.
        needs: Steps of the same scope that have to run first.
        fallible: Steps used whose failure is a value.
    """

    __slots__ = ("evaluate", "fallible", "needs")

    def __init__(self, expression: Any, scope: int, analysis: Analysis) -> None:
        uses = sorted(used(expression))
        self.evaluate = evaluator(expression)
        self.needs = tuple(i for i in uses if analysis.steps[i].scope == scope)
        self.fallible = tuple(i for i in uses if i in analysis.guarded)


class Node:
    """
    One compiled step.

    Attributes:
        step: What was written.
        waits_for: Steps of the same scope that must have ended first.
        fallible: Steps whose failure is a value, and with it this step's: those that are used,
            and for a command those that fail the body before it.
        absorbs: Whether the step itself looks at the failures of what it uses.
        guarded: Whether this step's own failure is a value that somebody absorbs.
        limiter: The ``optional`` or ``quorum`` whose time limit applies, if any.
        evaluate: Its eager expressions, in the order of the algebra's arguments.
        arguments: For calls: all of them, as one tuple.
        branches: Its lazy expressions.
        selection: For calls: which fields to ask for.
        same: For calls: equal for those that with equal arguments are sent once; None if never.
        batches: For calls inside ``each``: whether they are collected into one call.
        reports: For calls: how to read the missing parts off the answer.
        link: For calls: position of the dependency.
    """

    __slots__ = (
        "absorbs",
        "arguments",
        "batches",
        "branches",
        "evaluate",
        "fallible",
        "guarded",
        "index",
        "limiter",
        "link",
        "reports",
        "same",
        "selection",
        "step",
        "waits_for",
    )

    def __init__(self, step: Step, analysis: Analysis) -> None:
        index = step.index
        eager = eager_expressions(step)
        self.step = step
        self.index = index
        before = analysis.data[index] | analysis.order[index]
        self.waits_for = tuple(sorted(i for i in before if analysis.steps[i].scope == step.scope))
        uses = used_by(eager)
        self.absorbs = any(analysis.absorbs(index, i) for i in uses if i in analysis.guarded)
        stops = frozenset() if self.absorbs else analysis.stops(index)
        self.fallible = tuple(sorted(i for i in uses | stops if i in analysis.guarded))
        self.guarded = index in analysis.guarded
        self.limiter = analysis.limiter.get(index)
        self.evaluate: tuple[Evaluate, ...] = tuple(map(evaluator, eager))
        self.arguments = evaluator(eager)
        self.branches = tuple(
            Branch(branch, step.scope, analysis) for branch in analysis.lazy(step)
        )
        self.selection: Selection | None = None
        self.same: int | None = None
        self.batches = analysis.is_batched(step)
        self.reports: Reports | None = None
        self.link = -1


class Scope:
    """
    What runs together: the plan itself, or one body.

    Attributes:
        result: How to evaluate its result.
        fallible: Steps used by the result whose failure is a value.
        counts: How many steps each eager step waits for, by index.
        eager: Steps that run whenever the scope does.
        demanded: The same, as a byte for each step.
        ready: Those that wait for nothing.
        consumers: For each step, the steps of this scope that wait for it.
        left_out: Steps that name the parts missing from this scope's result.
        batching: Calls in this scope and the scopes inside it that are collected.
        item: Index of the item that a body is about; -1 for the plan itself.
    """

    __slots__ = (
        "batching",
        "consumers",
        "counts",
        "demanded",
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
        self.eager = tuple(sorted(analysis.eager[number] - given))
        self.demanded = bytearray(i in self.eager for i in range(len(nodes)))
        self.counts = [0] * len(nodes)
        self.consumers: list[tuple[int, ...]] = [()] * len(nodes)
        for node in nodes:
            if node is None or node.step.scope != number or node.index in given:
                continue
            node.waits_for = tuple(i for i in node.waits_for if i not in given)
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
        dependencies: Each distinct (contract, role) that is called; a call's *link* is its place.
        pruned: Names of the calls that nobody needs for this selection.
    """

    def __init__(self, plan: Plan[..., Any], selection: Selection | None = None) -> None:
        self.plan = plan
        self.size = len(plan.trace.steps)
        result = pruned_result(plan.result, selection)
        demand = None
        analysis = Analysis(plan, result)
        if selection is None:
            check_plan(plan, analysis)
        if selection is not None or selects_anything(plan):
            demand = Demand(plan, result, selection)
            analysis = Analysis(plan, result, demand.prune)
        self.nodes: list[Node | None] = [
            Node(step, analysis) if step.index in analysis.live else None
            for step in plan.trace.steps
        ]
        self.inputs = tuple(step.index for step in plan.inputs.values())
        self.dependencies: list[tuple[type[Any], str | None]] = []
        self._finish_calls(demand)
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

    def _finish_calls(self, demand: Demand | None) -> None:
        calls = [
            (node, node.step)
            for node in self.nodes
            if node is not None and isinstance(node.step, Call)
        ]
        repeated: dict[Operation, int] = {}
        for _, step in calls:
            times = 2 if step.scope else 1
            repeated[step.operation] = repeated.get(step.operation, 0) + times
        alike: dict[Any, int] = {}
        commands = 0
        for node, step in calls:
            operation = step.operation
            dependency = (operation.contract, step.role)
            if dependency not in self.dependencies:
                self.dependencies.append(dependency)
            node.link = self.dependencies.index(dependency)
            node.reports = reporter_of(operation)
            if demand is not None:
                node.selection = demand.selection_of_call(step)
            commands += is_command(step)
            if operation.safe and repeated[operation] > 1:
                # What was read before a command says nothing about what is there after it.
                key = (node.link, operation, node.selection, node.limiter, commands)
                node.same = alike.setdefault(key, len(alike))


@lru_cache(maxsize=PROGRAMS_MAX)
def program_of(plan: Plan[..., Any], selection: Selection | None = None) -> Program:
    """
    Return the compiled plan for a selection; compiled once, for the 1,024 last ones used.

    Raises:
        PlanError: The plan does not fit its contracts.
    """
    return Program(plan, selection)
