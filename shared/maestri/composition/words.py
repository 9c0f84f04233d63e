"""What each word of the algebra does when it runs."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from maestri.composition.frame import Failure, Frame
from maestri.contracts import Failed, Succeeded
from maestri.errors import CallError, Faulted, NotExecuted, OutcomeUnknown, Rejected
from maestri.plans import Node
from maestri.plans import steps as made

if TYPE_CHECKING:
    from maestri.composition.run import Run

ABSORBED = (NotExecuted, OutcomeUnknown, Faulted)
"""What ``optional`` and ``quorum`` do without; a Rejected is an answer."""


def call(run: "Run", frame: Frame, node: Node) -> None:
    """Make the call, alone or with others."""
    run.sender.call(frame, node)


def compute(run: "Run", frame: Frame, node: Node) -> None:
    """Apply the function; a CallError that it raises is the failure of the step."""
    step = node.step
    assert isinstance(step, made.Compute)
    values = node.arguments(frame.values)
    count = len(step.arguments)
    named = dict(zip(step.named, values[count:], strict=True)) if step.named else {}
    try:
        result = step.function(*values[:count], **named)
    except CallError as error:
        run.fail(frame, node, error)
    else:
        run.settle(frame, node, result)


def each(run: "Run", frame: Frame, node: Node) -> None:
    """Run the body for every item, or fail if there are too many."""
    step = node.step
    assert isinstance(step, made.Each)
    items = tuple(node.evaluate[0](frame.values))
    items_max = run.program.plan.bounds.items_max
    if len(items) > items_max:
        too_many = f"{step.name} over {len(items)} items; the plan's items_max is {items_max}"
        run.fail(frame, node, Faulted(too_many))
        return
    settle = _settle_outcomes if step.outcomes else _settle_tuple
    _run_bodies(run, frame, node, items, partial(settle, run, frame, node, items))


def then(run: "Run", frame: Frame, node: Node) -> None:
    """Run the body if the value is there."""
    value = node.evaluate[0](frame.values)
    items = () if value is None else (value,)
    _run_bodies(run, frame, node, items, partial(_settle_only, run, frame, node))


def _run_bodies(
    run: "Run",
    frame: Frame,
    node: Node,
    items: tuple[Any, ...],
    ended: Callable[[list[Any]], None],
) -> None:
    assert isinstance(node.step, made.Each | made.Then)
    scope = run.program.scopes[node.step.body.scope]
    results: list[Any] = [None] * len(items)
    left = len(items)

    def one_ended(position: int, result: Any) -> None:
        nonlocal left
        results[position] = result
        left -= 1
        if left == 0:
            ended(results)

    frames = []
    for position, item in enumerate(items):
        inner = Frame(scope, frame.values.copy(), partial(one_ended, position), frame)
        inner.values[scope.item] = item
        inner.position = position
        frames.append(inner)
    if scope.batching:
        batches = frame.batches
        if batches is None and isinstance(node.step, made.Each):
            batches = run.sender.new_batches()
        if batches is not None:
            batches.enter(frame, frames, scope.batching)
    if not frames:
        ended(results)
    for inner in frames:
        run.start(inner)


def _settle_tuple(
    run: "Run", frame: Frame, node: Node, _: tuple[Any, ...], results: list[Any]
) -> None:
    for result in results:
        if type(result) is Failure:
            run.fail(frame, node, result.error)
            return
    run.settle(frame, node, tuple(results))


def _settle_outcomes(
    run: "Run", frame: Frame, node: Node, items: tuple[Any, ...], results: list[Any]
) -> None:
    outcomes = [
        Failed.of(result.error) if type(result) is Failure else Succeeded(result)
        for result in results
    ]
    run.settle(frame, node, dict(zip(items, outcomes, strict=True)))


def _settle_only(run: "Run", frame: Frame, node: Node, results: list[Any]) -> None:
    result = results[0] if results else None
    if type(result) is Failure:
        run.fail(frame, node, result.error)
    else:
        run.settle(frame, node, result)


def when(run: "Run", frame: Frame, node: Node) -> None:
    """Take the branch if the condition holds."""
    if node.evaluate[0](frame.values):
        run.take(frame, node, node.branches[0])
    else:
        run.settle(frame, node, None)


def route(run: "Run", frame: Frame, node: Node) -> None:
    """Take the branch of the case; a key without one is a fault of the plan."""
    step = node.step
    assert isinstance(step, made.Route)
    key = node.evaluate[0](frame.values)
    for number, case in enumerate(step.cases):
        if case == key:
            run.take(frame, node, node.branches[number])
            return
    run.fail(frame, node, Faulted(f"route has no case {key!r}"))


def optional(run: "Run", frame: Frame, node: Node) -> None:
    """Do without a failed step, and report it."""
    error = frame.failure_in(node.fallible)
    if error is None:
        run.settle(frame, node, node.evaluate[0](frame.values))
    elif isinstance(error, ABSORBED):
        frame.report((node.step.part,))
        run.settle(frame, node, None)
    else:
        run.fail(frame, node, error)


def otherwise(run: "Run", frame: Frame, node: Node) -> None:
    """Take the fallback where the value is None."""
    value = node.evaluate[0](frame.values)
    if value is None:
        run.take(frame, node, node.branches[0])
    else:
        run.settle(frame, node, value)


def rescue(run: "Run", frame: Frame, node: Node) -> None:
    """Take the branch that is there for the error."""
    step = node.step
    assert isinstance(step, made.Rescue)
    error = frame.failure_in(node.fallible)
    if error is None:
        run.settle(frame, node, node.evaluate[0](frame.values))
        return
    for kind, branch in zip(step.errors, node.branches, strict=True):
        if isinstance(error, kind):
            run.take(frame, node, branch)
            return
    run.fail(frame, node, error)


def translate(run: "Run", frame: Frame, node: Node) -> None:
    """Fail with the error that stands for the one that happened."""
    step = node.step
    assert isinstance(step, made.Translate)
    error = frame.failure_in(node.fallible)
    if error is None:
        run.settle(frame, node, node.evaluate[0](frame.values))
        return
    for kind, replacement in step.errors.items():
        if isinstance(error, kind):
            run.fail(frame, node, _translated(replacement, error))
            return
    run.fail(frame, node, error)


def present(run: "Run", frame: Frame, node: Node) -> None:
    """Take the items that are there."""
    items = node.evaluate[0](frame.values)
    run.settle(frame, node, tuple(item for item in items if item is not None))


def quorum(run: "Run", frame: Frame, node: Node) -> None:
    """Take what answered if it is enough, and report the rest."""
    step = node.step
    assert isinstance(step, made.Quorum)
    answers: list[Any] = []
    errors: list[CallError] = []
    missing: list[str] = []
    for symbol, evaluate in zip(step.steps, node.evaluate, strict=True):
        value = frame.values[symbol.m_step.index]
        if type(value) is not Failure:
            answers.append(evaluate(frame.values))
            continue
        errors.append(value.error)
        missing.append(symbol.m_step.part)
    refused = next((error for error in errors if not isinstance(error, ABSORBED)), None)
    if refused is not None or len(answers) < step.least:
        run.fail(frame, node, refused or errors[0])
        return
    if missing:
        frame.report(missing)
    run.settle(frame, node, tuple(answers))


def select(run: "Run", frame: Frame, node: Node) -> None:
    """Give the answer the shape that was asked for."""
    step = node.step
    assert isinstance(step, made.Select)
    value = node.evaluate[0](frame.values)
    try:
        shaped = msgspec.convert(value, step.shape, from_attributes=True)
    except msgspec.ValidationError:
        # What our own caller does not need was not asked of the callee: the shape is partial.
        shaped = value
    run.settle(frame, node, shaped)


def _translated(replacement: Any, error: CallError) -> CallError:
    if isinstance(replacement, type) and issubclass(replacement, Rejected):
        names = replacement.structure().__struct_fields__
        instead: CallError = replacement(**{name: getattr(error, name) for name in names})
    else:
        instead = replacement(error)
    instead.__cause__ = error
    return instead


WORDS: dict[type[made.Step], Callable[["Run", Frame, Node], None]] = {
    made.Call: call,
    made.Compute: compute,
    made.Each: each,
    made.Then: then,
    made.When: when,
    made.Route: route,
    made.Optional: optional,
    made.Otherwise: otherwise,
    made.Rescue: rescue,
    made.Translate: translate,
    made.Present: present,
    made.Quorum: quorum,
    made.Select: select,
}
