"""What each word of the algebra does when it runs, where it does more than make a value."""

from collections.abc import Callable
from functools import partial
from typing import Any

from maestri.composition.faults import BROKEN, broke
from maestri.composition.frame import UNSET, Failure, Frame
from maestri.composition.run import Action, Run
from maestri.composition.single_call_each import SingleCallEach
from maestri.context import encoded_key
from maestri.contracts import Failed, Succeeded
from maestri.errors import CallError, Faulted, NotExecuted, OutcomeUnknown, Rejected
from maestri.plans import Block, Node, Program, Step, bounded, case_of, words

DONE_WITHOUT = (NotExecuted, OutcomeUnknown, Faulted)
"""What ``optional`` and ``quorum`` do without; a Rejected is a decision, not a fault."""

NO_ITEM = (None,)


def call(run: Run, frame: Frame, node: Node) -> None:
    """Make the call, alone or with others."""
    run.sender.call(frame, node)


def value(run: Run, frame: Frame, node: Node) -> None:
    """Take over the value of what may have failed."""
    run.settle(frame, node, node.evaluate[0](frame.values))


def each(run: Run, frame: Frame, node: Node) -> None:
    """Run the body for every item, or fail if there are too many, or two of one key."""
    step = node.step
    assert isinstance(step, words.Each)
    items = _items(run, frame, node, step)
    if items is None:
        return
    settle = _settle_outcomes if isinstance(step, words.Outcomes) else _settle_tuple
    ended = partial(settle, run, frame, node, items)
    block = run.program.blocks[step.body.block]
    if node.single_call is not None and not _waits(frame, block):
        run.leave(frame, node)
        SingleCallEach(run, frame, node, items, ended).start()
        return
    frames = run.enter(frame, node, block, items)
    if node.has_side_effects and _repeats_a_key(frames):
        run.fail(frame, node, Faulted(f"{node.path} has two items of one key"))
        return
    _run(run, frames, ended)


def _waits(frame: Frame, block: Block) -> bool:
    return bool(block.captures) and any(frame.values[i] is UNSET for i in block.captures)


def _items(run: Run, frame: Frame, node: Node, step: words.Each) -> tuple[Any, ...] | None:
    found = node.evaluate[0](frame.values)
    if type(found) is not tuple or len(found) > step.items_max:
        found = run.computed(lambda _: bounded(step, found), frame, node.path)
        if type(found) is Failure:
            run.leave(frame, node)
            run.fail(frame, node, found.error)
            return None
    if isinstance(step, words.Outcomes):
        # Each key has one outcome, however often it was asked for.
        return tuple(dict.fromkeys(found))
    items: tuple[Any, ...] = found
    return items


def _repeats_a_key(frames: list[Frame]) -> bool:
    keys = {encoded_key(frame.item_keys) for frame in frames}
    return len(keys) < len(frames)


def then(run: Run, frame: Frame, node: Node) -> None:
    """Run the body if the value is there."""
    step = node.step
    assert isinstance(step, words.Then)
    found = node.evaluate[0](frame.values)
    _run_one(run, frame, node, None if found is None else step.body, (found,), None)


def when(run: Run, frame: Frame, node: Node) -> None:
    """Run the body if the condition holds."""
    step = node.step
    assert isinstance(step, words.When)
    holds = node.evaluate[0](frame.values)
    _run_one(run, frame, node, step.body if holds else None, NO_ITEM, None)


def route(run: Run, frame: Frame, node: Node) -> None:
    """Run the body of the case; a key without one is a fault of the plan."""
    step = node.step
    assert isinstance(step, words.Route)
    block = run.computed(lambda values: case_of(step, node.evaluate[0](values)), frame, node.path)
    if type(block) is Failure:
        run.leave(frame, node)
        run.fail(frame, node, block.error)
        return
    body = next(body for body in step.bodies if body.block == block)
    _run_one(run, frame, node, body, NO_ITEM, None)


def otherwise(run: Run, frame: Frame, node: Node) -> None:
    """Take the fallback where the value is None: a value, or what its body makes."""
    step = node.step
    assert isinstance(step, words.Otherwise)
    found = node.evaluate[0](frame.values)
    if found is None and step.body is None:
        found = node.evaluate[1](frame.values)
    _run_one(run, frame, node, step.body if found is None else None, NO_ITEM, found)


def optional(run: Run, frame: Frame, node: Node) -> None:
    """Do without a failed step, and report it."""
    error = frame.failure_in(node.fallible)
    if error is None:
        value(run, frame, node)
    elif isinstance(error, DONE_WITHOUT):
        frame.report((node.part,))
        run.settle(frame, node, None)
    else:
        run.fail(frame, node, error)


def rescue(run: Run, frame: Frame, node: Node) -> None:
    """Run the body that is there for the error."""
    step = node.step
    assert isinstance(step, words.Rescue)
    error = frame.failure_in(node.fallible)
    if error is None:
        found = node.evaluate[0](frame.values)
        _run_one(run, frame, node, None, NO_ITEM, found)
        return
    for kind, body in step.errors.items():
        if isinstance(error, kind):
            _run_one(run, frame, node, body, NO_ITEM, None)
            return
    run.leave(frame, node)
    run.fail(frame, node, error)


def translate(run: Run, frame: Frame, node: Node) -> None:
    """Fail with the error that stands for the one that happened."""
    step = node.step
    assert isinstance(step, words.Translate)
    error = frame.failure_in(node.fallible)
    if error is None:
        value(run, frame, node)
        return
    for kind, replacement in step.errors.items():
        if isinstance(error, kind):
            run.fail(frame, node, _translated(replacement, error, node))
            return
    run.fail(frame, node, error)


def quorum(run: Run, frame: Frame, node: Node) -> None:
    """Take the values there are, if they are enough, and report the rest."""
    step = node.step
    assert isinstance(step, words.Quorum)
    results: list[Any] = []
    errors: list[CallError] = []
    missing: list[str] = []
    for symbol, evaluate in zip(step.steps, node.evaluate, strict=True):
        found = frame.values[symbol.m_step.index]
        if type(found) is not Failure:
            results.append(evaluate(frame.values))
            continue
        errors.append(found.error)
        missing.append(symbol.m_step.part)
    refused = next((error for error in errors if not isinstance(error, DONE_WITHOUT)), None)
    if refused is not None or len(results) < step.least:
        run.fail(frame, node, refused or errors[0])
        return
    if missing:
        frame.report(missing)
    run.settle(frame, node, tuple(results))


def left_out(run: Run, frame: Frame, node: Node) -> None:
    """Name what is missing, by names that begin where the result does."""
    prefix = node.part.removesuffix(node.step.name)
    parts = frame.left_out or ()
    found = [part.removeprefix(prefix) for part in parts if part.startswith(prefix)]
    run.settle(frame, node, tuple(sorted(found)))


def _run_one(
    run: Run, frame: Frame, node: Node, body: Any, items: tuple[Any, ...], instead: Any
) -> None:
    """Run one body, if any, and settle the step with its result; otherwise with *instead*."""
    if body is None:
        run.leave(frame, node)
        run.settle(frame, node, instead)
        return
    frames = run.enter(frame, node, run.program.blocks[body.block], items)
    frames[0].ended = partial(_settle_result, run, frame, node)
    run.start(frames[0])


def _settle_result(run: Run, frame: Frame, node: Node, result: Any) -> None:
    if type(result) is Failure:
        run.fail(frame, node, result.error)
    else:
        run.settle(frame, node, result)


def _run(run: Run, frames: list[Frame], ended: Callable[[list[Any]], None]) -> None:
    results: list[Any] = [None] * len(frames)
    left = len(frames)

    def one_ended(position: int, result: Any) -> None:
        nonlocal left
        results[position] = result
        left -= 1
        if left == 0:
            ended(results)

    if not frames:
        ended(results)
    for position, inner in enumerate(frames):
        inner.ended = partial(one_ended, position)
    for inner in frames:
        run.start(inner)


def _settle_tuple(
    run: Run, frame: Frame, node: Node, _: tuple[Any, ...], results: list[Any]
) -> None:
    if Failure in map(type, results):
        failed = next(result for result in results if type(result) is Failure)
        run.fail(frame, node, failed.error)
    else:
        run.settle(frame, node, tuple(results))


def _settle_outcomes(
    run: Run, frame: Frame, node: Node, items: tuple[Any, ...], results: list[Any]
) -> None:
    outcomes = [
        Failed.of(result.error) if type(result) is Failure else Succeeded(result)
        for result in results
    ]
    run.settle(frame, node, dict(zip(items, outcomes, strict=True)))


def _translated(replacement: Any, error: CallError, node: Node) -> CallError:
    try:
        if isinstance(replacement, type) and issubclass(replacement, Rejected):
            names = replacement.structure().__struct_fields__
            given = {name: getattr(error, name) for name in names if hasattr(error, name)}
            instead: CallError = replacement(**given)
        else:
            instead = replacement(error)
    except BROKEN as broken:
        return broke(node.path, broken)
    if not isinstance(instead, CallError):
        return Faulted(f"{node.path} made {instead!r} of {error!r}, which is no error")
    instead.__cause__ = error
    return instead


WORDS: dict[type[Step], Action] = {
    words.Call: call,
    words.Each: each,
    words.Outcomes: each,
    words.Then: then,
    words.When: when,
    words.Route: route,
    words.Optional: optional,
    words.Otherwise: otherwise,
    words.Rescue: rescue,
    words.Translate: translate,
    words.Quorum: quorum,
    words.LeftOutParts: left_out,
}


def actions_of(program: Program) -> list[Action | None]:
    """Return what each step of a program does, by its index."""
    return [None if node is None else WORDS.get(type(node.step)) for node in program.nodes]
