"""
Runs one random program in every way, and tells what is not as the naive interpreter says.

Without a selection, whatever the delays, with messages passed as they are or through the codec:

- The answer, its left-out parts, and the commands with their keys are those of the naive run.
- Each distinct read of an epoch is made once; none is made that the naive run does not make.
- A run that fails does so with an error that could come first. Then what ran at the same time may
  have been sent or not; what is written before has been sent, what is written after has not.
- In its lane, a command starts after everything that is written before has ended, and nothing that
  is written after starts before it has ended (a call sees how many commands have ended).
- No more calls are made than were announced, no read carries a key, no task is left.
- No more calls run at the same time than the plan allows, and each goes to the role that it names.

With calls that are never answered, which only parts with a timeout wait for, the naive run works
out when what is late: then the above holds, and the run takes as long as the naive one. Where the
outcome depends on two things that happen at about the same time, nothing is compared. A command
that is given up is over before the next begins.

When the caller goes away while some call is made, no call is running when the run has ended, none
is made later, no task is left, and the commands sent in a lane are the first of those that the
whole run sends there.

With a selection, of the caller's or by a ``select``, the naive run leaves out the steps that the
compiled plan has pruned, whose failure is then nobody's; all the above holds of that run, with the
answer's selected fields. The commands, with their keys, are those of the run without a selection,
unless that one has failed.
What is pruned is read off the compiled plan. That nothing is pruned that somebody needs follows:
the naive run would be given a value that is not there, or send other commands.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import msgspec

from maestri.contracts import Selection
from maestri.errors import NotExecuted
from maestri.plans import Program, program_of
from maestri.testing import VirtualTimeLoop
from tests.kernel.composition.random_programs import programs as written
from tests.kernel.composition.random_programs.building import plan_of, record_classes
from tests.kernel.composition.random_programs.cases import Case
from tests.kernel.composition.random_programs.naive import Naive
from tests.kernel.composition.random_programs.places import PRUNED, Failure, Pruning
from tests.kernel.composition.random_programs.programs import ROLES
from tests.kernel.composition.random_programs.running import Ran, Stage
from tests.kernel.composition.random_programs.timing import (
    CLOSE_S,
    PASSES_MAX,
    Timing,
    Undecided,
)
from tests.kernel.composition.random_programs.values import FIELDS
from tests.kernel.composition.random_programs.world import Failing, Sent, World

BATCH_MAX = 3
SELECTIONS_MAX = 8


def wrong_with(case: Case) -> Iterator[str]:
    """Return what is wrong, if anything."""
    classes = record_classes(case.program)
    plan = plan_of(case.program, classes)
    heard = replace(case, failing=Failing(case.failing.errors))
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        naive = Naive(case.program, heard.failing, classes, pruning_of(program_of(plan)))
        expected = naive.run(case.inputs)
        stage = Stage(runner, plan, heard)
        whole = stage.run()
        yield from _differences(naive, expected, whole, program_of(plan), None)
        other = stage.run(seed=case.seed + 1)
        yield from _differences(naive, expected, other, program_of(plan), None)
        if not naive.errors:
            yield from _same(whole, other, "with other delays")
        strict = stage.run(strict=True)
        yield from _differences(naive, expected, strict, program_of(plan), None)
        for selection in selections_of(case.program, Random(case.seed)):
            yield from _wrong_with_selection(stage, classes, naive, selection)
        if case.failing.silent:
            stage = Stage(runner, plan, case)
            whole = stage.run()
            yield from _wrong_with_timeouts(stage, classes, whole)
        yield from _wrong_when_cancelled(stage, whole)


def _wrong_with_timeouts(
    stage: Stage, classes: Mapping[str, type[Any]], found: Ran
) -> Iterator[str]:
    """Compare with an interpretation that knows what will be late, if that can be known."""
    program = program_of(stage.plan)
    try:
        naive, expected = _timed(stage.case, classes, pruning_of(program))
    except Undecided:
        return
    for problem in _differences(naive, expected, found, program, None):
        yield f"with silent calls: {problem}"
    expected_s = naive.timing.now_s
    if not isinstance(expected, Failure) and abs(found.took_s - expected_s) > CLOSE_S:
        yield f"with silent calls: took {found.took_s:.0f} s instead of {expected_s:.0f} s"


def _timed(case: Case, classes: Mapping[str, type[Any]], pruning: Pruning) -> tuple[Naive, Any]:
    timing: Timing | None = None
    for _ in range(PASSES_MAX):
        naive = Naive(case.program, case.failing, classes, pruning, Timing(timing))
        expected = naive.run(case.inputs)
        if naive.timing.is_settled():
            return naive, expected
        timing = naive.timing
    raise Undecided


def _by_lane(commands: list[Sent]) -> dict[str, list[Sent]]:
    """Return commands by their lane; between items, which come first is nobody's promise."""
    lanes: dict[str, list[Sent]] = {}
    for command in commands:
        lanes.setdefault(command[-1], []).append(command)
    return lanes


def _wrong_when_cancelled(stage: Stage, reference: Ran) -> Iterator[str]:
    """Let the caller go when some call is made, and tell what goes on without it."""
    sent = reference.world.sent
    if not sent:
        return
    last = Random(stage.case.seed).randint(1, sent)
    found = stage.run_cancelled(last)
    yield from found.world.wrong
    whole = _by_lane(reference.world.commands)
    for lane, sent_there in _by_lane(found.world.commands).items():
        if sent_there != whole.get(lane, [])[: len(sent_there)]:
            yield f"cancelled at call {last}: sent {sent_there} in lane {lane!r}"
    if not found.world.reads <= reference.world.reads:
        yield f"cancelled at call {last}: read {_shown(found.world.reads)}"


def _wrong_with_selection(
    stage: Stage, classes: Mapping[str, type[Any]], whole: Naive, selection: Selection
) -> Iterator[str]:
    case, program = stage.case, program_of(stage.plan, selection)
    naive = Naive(case.program, case.failing, classes, pruning_of(program))
    expected = naive.run(case.inputs)
    found = stage.run(selection)
    for problem in _differences(naive, expected, found, program, selection):
        yield f"selecting {selection}: {problem}"
    if whole.noted("command") != naive.noted("command") and not whole.errors:
        yield f"selecting {selection}: other commands than without a selection"


def _differences(
    naive: Naive, expected: Any, found: Ran, program: Program, selection: Selection | None
) -> Iterator[str]:
    yield from found.world.wrong
    if found.world.sent > program.calls_max:
        yield f"{found.world.sent} calls, at most {program.calls_max} were announced"
    if isinstance(expected, Failure):
        yield from _wrong_error(naive, found)
    elif isinstance(found.answer, Failure):
        yield f"failed with {found.answer.error!r} ({found.answer.error}) instead of {expected}"
    else:
        yield from _wrong_answer(naive, expected, found.answer, selection)
    yield from _wrong_commands(naive, found.world)
    yield from _wrong_reads(naive, found.world)


def _wrong_error(naive: Naive, found: Ran) -> Iterator[str]:
    possible = {type(error).__name__ for error in naive.errors}
    if naive.noted("command") and any(isinstance(one, NotExecuted) for one in naive.errors):
        possible.add("OutcomeUnknown")
    if not isinstance(found.answer, Failure):
        yield f"answered {found.answer} instead of failing with {possible}"
    elif type(found.answer.error).__name__ not in possible:
        yield f"failed with {found.answer.error!r}, not with one of {possible}"


def _wrong_answer(
    naive: Naive, expected: Any, answer: Any, selection: Selection | None
) -> Iterator[str]:
    one, other = projected(expected, selection), projected(answer, selection)
    missing = one.pop("left_out", None), other.pop("left_out", None)
    if one != other:
        yield f"answered {other}\n    instead of {one}"
    if missing[1] is not None:
        least = {what[0] for what in naive.noted("left_out", certain=True)}
        most = {what[0] for what in naive.noted("left_out")}
        if not least <= set(missing[1]) <= most or len(set(missing[1])) < len(missing[1]):
            yield f"left out {missing[1]} instead of {sorted(least)} (at most {sorted(most)})"


def _wrong_commands(naive: Naive, world: World) -> Iterator[str]:
    sent = Counter(world.commands)
    least, most = naive.noted("command", certain=True), naive.noted("command")
    if not least <= sent <= most:
        yield f"sent {_shown(sent)}\n    instead of {_shown(least)} (at most {_shown(most)})"


def _wrong_reads(naive: Naive, world: World) -> Iterator[str]:
    least = _answered(world, (what[1:] for what in naive.noted("read", certain=True)))
    most = _answered(world, (what[1:] for what in naive.noted("read")))
    sent = _answered(world, world.reads.elements())
    if not least <= sent <= most:
        yield f"read {_shown(sent)}\n    instead of {_shown(least)} (at most {_shown(most)})"
    for batch in world.batches:
        if not 1 < len(batch) <= BATCH_MAX or len(set(batch)) < len(batch):
            yield f"sent the batch {batch}"


def _answered(world: World, reads: Iterable[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
    """Return the reads that are answered; what is given up may be made again, for others."""
    silent = world.failing.silent
    return Counter(
        read for read in reads if read[1] not in silent or not read[0].endswith(f".{ROLES[1]}")
    )


def _same(one: Ran, other: Ran, when: str) -> Iterator[str]:
    if projected(one.answer, None) != projected(other.answer, None):
        yield f"{when}: other answers"
    if one.world.reads != other.world.reads:
        yield f"{when}: other reads"


def _shown(counted: Counter[Any]) -> list[str]:
    return sorted(
        " ".join(map(str, what)) + (f" x{times}" if times > 1 else "")
        for what, times in counted.items()
    )


def projected(value: Any, selection: Selection | None) -> Any:
    """Return a value as plain data, with the selected fields only."""
    if isinstance(value, msgspec.Struct):
        names = value.__struct_fields__
        tree = dict.fromkeys(names) if selection is None else selection.as_dict()
        return {
            name: projected(getattr(value, name), below)
            for name, below in tree.items()
            if name in names
        }
    if isinstance(value, tuple):
        return tuple(projected(item, selection) for item in value)
    if isinstance(value, Mapping):
        return {key: projected(item, None) for key, item in value.items()}
    assert value is not PRUNED, "the naive answer has what was pruned"
    return value


def pruning_of(program: Program) -> Pruning:
    """Return what a compiled plan does not run."""
    steps = program.plan.trace.steps
    paths = frozenset(_plain(step.path) for step in steps if program.nodes[step.index] is None)
    liveness = program.liveness
    results: dict[tuple[str, ...], frozenset[str]] = {}
    for block in liveness.blocks:
        names = frozenset(_plain(steps[index].path) for index in steps_in(liveness.results[block]))
        results[place_of(program, block)] = names
    return Pruning(paths, results)


def steps_in(expression: Any) -> set[int]:
    """Return the indices of the steps whose values an expression of a plan is made of."""
    if hasattr(type(expression), "m_step"):
        return {expression.m_step.index}
    parts: Any = ()
    if isinstance(expression, tuple):
        parts = expression
    elif isinstance(expression, msgspec.Struct):
        parts = (getattr(expression, name) for name in expression.__struct_fields__)
    return {index for part in parts for index in steps_in(part)}


def _plain(path: str) -> str:
    """Return a path without the digests that tell steps of one name apart."""
    return re.sub(r"~\w+", "", path)


def place_of(program: Program, block: int) -> tuple[str, ...]:
    """Return the words around a block, from the outside in."""
    owners = program.liveness.owners
    if block not in owners:
        return ()
    owner, body = owners[block]
    label = f", {body.label}" if body.label else ""
    shown = f"{owner.word}({owner.name}{label})"
    return (*place_of(program, owner.block), *owner.prefix, shown)


def selections_of(program: written.Program, random: Random) -> list[Selection]:
    """Return selections: each field of the answer alone, each field of one, and some of both."""
    result = program.block.result
    paths = list(_paths_in(program, ("record", result.name), 2))
    chosen: list[tuple[tuple[str, ...], ...]] = [(path,) for path in paths]
    chosen += [tuple(random.sample(paths, random.randint(1, len(paths)))) for _ in range(3)]
    random.shuffle(chosen)
    found = dict.fromkeys(_selection(paths) for paths in chosen)
    return list(found)[:SELECTIONS_MAX]


def _paths_in(program: written.Program, kind: Any, depth: int) -> Iterator[tuple[str, ...]]:
    while kind[0] in {"opt", "seq"}:
        kind = kind[1]
    fields: Any = ()
    if kind[0] == "record":
        fields = program.records[kind[1]].items()
    elif isinstance(kind, str):
        fields = FIELDS.get(kind, ())
    for name, inner in fields:
        yield (name,)
        if depth > 1:
            for below in _paths_in(program, inner, depth - 1):
                yield (name, *below)


def _selection(paths: tuple[tuple[str, ...], ...]) -> Selection:
    tree: dict[str, list[tuple[str, ...]]] = {}
    for head, *below in paths:
        tree.setdefault(head, []).append(tuple(below))
    return Selection.of(
        {head: None if () in below else _selection(tuple(below)) for head, below in tree.items()}
    )
