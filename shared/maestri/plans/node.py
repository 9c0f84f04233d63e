"""One step of a program: what it waits for, what it does, what its failure means."""

from collections.abc import Callable, Hashable
from typing import Any

from maestri.contracts import Selection
from maestri.plans.evaluation import Evaluate, evaluator
from maestri.plans.failures import Failures
from maestri.plans.order import Order
from maestri.plans.reports import Reports
from maestri.plans.single_call_body import SingleCallBody
from maestri.plans.steps import Step


class Node:
    """
    One compiled step.

    Attributes:
        step: What was written.
        waits_for: Steps of the same block that must have ended first.
        fallible: Steps whose failure is a value, and with it this step's: those that are used, and
            for a command those that fail the body before it.
        handles: Whether the step itself looks at the failures of what it uses.
        handled: Whether this step's own failure is a value that somebody handles.
        timeout_scopes: The steps whose timeouts apply; the longest counts.
        value: For a step that waits for nothing but values: how to work it out.
        arguments: Its eager expressions, in the order of the algebra's arguments, as one tuple.
        evaluate: The same, one by one.
        selection: For calls: which fields to ask for.
        identity: For calls: what makes their arguments the same.
        same: For reads: equal for those that with equal arguments are sent once; None for those
            that nobody could share.
        is_unique: For reads: whether no other step of its epoch could make an equal one.
        batches: For calls inside ``each``: whether they are collected into one call.
        has_side_effects: Whether it is a command, or has one in a body.
        collects: The collected calls that are made by this step, or inside its bodies.
        epoch_block: Block in whose run the call is shared and collected.
        reports: For calls: how to read the missing parts off the result.
        link: For calls: position of the dependency.
        single_call: For an ``each``: its body, if that makes a single call.
        part: What a result calls the step.
        path: Where it is.
    """

    __slots__ = (
        "arguments",
        "batches",
        "collects",
        "epoch_block",
        "evaluate",
        "fallible",
        "handled",
        "handles",
        "has_side_effects",
        "identity",
        "index",
        "is_unique",
        "link",
        "part",
        "path",
        "reports",
        "same",
        "selection",
        "single_call",
        "step",
        "timeout_scopes",
        "value",
        "waits_for",
    )

    def __init__(self, step: Step, order: Order, failures: Failures, live: set[int]) -> None:
        index = step.index
        self.step = step
        self.index = index
        uses = step.uses()
        before = {i for i in uses | order.before[index] if i in live}
        self.waits_for = tuple(sorted(before))
        self.handles = step.handles and bool(uses & failures.handled)
        stops = frozenset() if self.handles else order.stopped_by.get(index, frozenset()) & live
        self.fallible = tuple(sorted(i for i in uses | stops if i in failures.handled))
        self.handled = index in failures.handled
        self.timeout_scopes = tuple(sorted(failures.timeout_scopes.get(index, ())))
        self.has_side_effects = index in order.with_side_effects
        self.value: Evaluate | None = None
        self.evaluate: tuple[Evaluate, ...] = tuple(map(evaluator, step.eager))
        self.arguments = evaluator(step.eager)
        self.selection: Selection | None = None
        self.same: int | None = None
        self.identity: Callable[[tuple[Any, ...]], Hashable] = _unknown
        self.is_unique = False
        self.single_call: SingleCallBody | None = None
        self.batches = False
        self.collects: frozenset[int] = frozenset()
        self.epoch_block = 0
        self.reports: Reports | None = None
        self.link = -1
        self.part = step.part
        self.path = step.path


def _unknown(arguments: tuple[Any, ...]) -> Hashable:
    raise AssertionError(f"what is no call has no arguments: {arguments}")
