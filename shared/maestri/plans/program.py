"""A plan compiled: a flat array of steps, each knowing what it waits for and who waits for it."""

from functools import lru_cache
from typing import Any

from maestri.contracts import Selection, identity_of
from maestri.plans.analysis import analysis_of
from maestri.plans.block import Block
from maestri.plans.bounds import calls_of, check_calls
from maestri.plans.checks import check_plan
from maestri.plans.demand import Demand
from maestri.plans.liveness import Liveness
from maestri.plans.node import Node
from maestri.plans.order import Order
from maestri.plans.plan import Plan
from maestri.plans.pure_steps import find_pure_steps
from maestri.plans.reports import reporter_of
from maestri.plans.sharing import find_sharing
from maestri.plans.steps import Input, Item
from maestri.plans.words import Call, LeftOutParts

PROGRAMS_MAX = 1024


class Program:
    """
    A plan, ready to run for one selection.

    Attributes:
        nodes: By index of the step; None for what was pruned.
        blocks: By number; 0 is the plan itself.
        dependencies: Each distinct (contract, role) that is called; a call's *link* is its place.
        pruned: Public names of the calls that nobody needs for this selection.
        calls_max: How many calls one run makes at most.
        has_side_effects: Whether it sends any command.
        liveness: What runs, and who uses whom.
        timeout_scopes: For each step, pruned or not, those whose timeouts apply to it.
    """

    def __init__(self, plan: Plan[..., Any], selection: Selection | None = None) -> None:
        self.plan = plan
        self.size = len(plan.trace.steps)
        analysis = analysis_of(plan)
        if selection is None:
            check_plan(plan, analysis)
        demand = Demand(analysis, selection)
        liveness = Liveness(plan, demand.results(), demand.deciding, demand.steps())
        order = Order(liveness, analysis.failures)
        self.liveness = liveness
        self.timeout_scopes = analysis.failures.timeout_scopes
        self.nodes: list[Node | None] = [
            Node(step, order, analysis.failures, liveness.live)
            if step.index in liveness.live
            else None
            for step in liveness.steps
        ]
        self.inputs = tuple(step.index for step in plan.inputs.values())
        self.dependencies: list[tuple[type[Any], str | None]] = []
        self._bind_calls(demand)
        find_sharing(self.nodes, liveness, order)
        self._let_left_out_wait()
        find_pure_steps(self.nodes, liveness, analysis.failures.handled)
        self.blocks = {
            number: Block(number, analysis, liveness, self.nodes) for number in liveness.blocks
        }
        self.pruned = tuple(
            step.part
            for step in plan.trace.steps
            if isinstance(step, Call) and self.nodes[step.index] is None
        )
        self.has_side_effects = bool(order.with_side_effects)
        self.calls_max = calls_of(self)
        if selection is None:
            check_calls(self)

    def _bind_calls(self, demand: Demand) -> None:
        for node in self.nodes:
            if node is None or not isinstance(node.step, Call):
                continue
            dependency = (node.step.operation.contract, node.step.role)
            if dependency not in self.dependencies:
                self.dependencies.append(dependency)
            node.link = self.dependencies.index(dependency)
            node.reports = reporter_of(node.step.operation)
            node.identity = identity_of(node.step.operation)
            node.selection = demand.selection_of_call(node.step)

    def _let_left_out_wait(self) -> None:
        # What is missing is known when everything of the same plan that may be missing has ended.
        for node in self.nodes:
            if node is None or not isinstance(node.step, LeftOutParts):
                continue
            prefix, after = node.step.prefix, self._waiting_for(node.index)
            node.waits_for = tuple(
                other.index
                for i in self.liveness.in_block(node.step.block)
                if i not in after
                and (other := self.nodes[i]) is not None
                and other.step.prefix[: len(prefix)] == prefix
                and not isinstance(other.step, Input | Item | LeftOutParts)
            )

    def _waiting_for(self, index: int) -> set[int]:
        found: set[int] = {index}
        for node in self.nodes:
            if node is None or node.index <= index:
                continue
            inside = {i for body in node.step.bodies for i in self.liveness.captures[body.block]}
            if found & {*node.waits_for, *inside}:
                found.add(node.index)
        return found


def program_of(plan: Plan[..., Any], selection: Selection | None = None) -> Program:
    """
    Return the compiled plan for a selection; compiled once, for the 1,024 last ones used.

    Raises:
        PlanError: The plan does not fit its contracts.
    """
    return _program(plan, selection)


@lru_cache(maxsize=PROGRAMS_MAX)
def _program(plan: Plan[..., Any], selection: Selection | None) -> Program:
    return Program(plan, selection)
