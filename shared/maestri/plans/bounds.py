"""How many calls a run of a plan makes at most: true, or not said."""

from math import prod
from typing import TYPE_CHECKING, Any

from maestri.plans.expressions import used, used_by
from maestri.plans.liveness import Liveness
from maestri.plans.refusal import refuse
from maestri.plans.steps import Item, Step, enclosing
from maestri.plans.words import Call

if TYPE_CHECKING:
    from maestri.plans.node import Node
    from maestri.plans.program import Program


def bounds_of(program: "Program") -> dict[int, int]:
    """
    Return for each call, by the index of its step, how many times it is sent at most.

    It holds because an ``each`` takes no more than its items_max. A read without a batch counts as
    often as it can have different arguments; with one, as the batches that it takes to ask for so
    many keys: as many as there are different arguments besides the key, and more where the keys
    exceed batch_max.
    """
    repeats = _Repeats(program)
    return {
        node.index: _bound(node, repeats)
        for node in program.nodes
        if node is not None and isinstance(node.step, Call)
    }


def calls_of(program: "Program") -> int:
    """Return how many calls one run makes at most."""
    return sum(bounds_of(program).values())


def check_calls(program: "Program") -> None:
    """
    Refuse a plan that may make more calls than its calls_max, and one with such a plan inlined.

    Raises:
        PlanError: Names the plan and the remedy.
    """
    plan, bounds = program.plan, bounds_of(program)
    _check(plan.name, plan.bounds.calls_max, sum(bounds.values()), plan.line)
    for inlined in plan.trace.inlined_bounds:
        steps = plan.trace.steps
        total = sum(
            calls
            for index, calls in bounds.items()
            if _is_inside(steps[index], inlined.block, inlined.prefix, program.liveness)
        )
        times = _times_of_block(inlined.block, program.liveness)
        _check(inlined.name, inlined.calls_max, -(-total // times), inlined.line)


def _check(name: str, most: int | None, total: int, line: str) -> None:
    if most is not None and total > most:
        refuse(
            f"plan {name} may make {total} calls, its calls_max is {most}",
            "declare a batch for what it calls in each(...), give each(...) a smaller items_max, "
            "or raise the bound",
            line,
        )


def _is_inside(step: Step, block: int, prefix: tuple[str, ...], liveness: Liveness) -> bool:
    return any(
        one.block == block and one.prefix[: len(prefix)] == prefix
        for one in enclosing(step, liveness.owners)
    )


def _bound(node: "Node", repeats: "_Repeats") -> int:
    step = node.step
    assert isinstance(step, Call)
    times = repeats.times(step)
    # What nobody shares is sent each time; so may be what was given up before somebody joined it.
    if node.same is None or (node.timeout_scopes and not node.batches):
        return times
    calls = repeats.count(repeats.of_all(step.arguments, node.epoch_block))
    batch = step.operation.batch
    if not node.batches or batch is None:
        return min(times, calls)
    shared = tuple(a for i, a in enumerate(step.arguments) if i != batch.key_index)
    groups = repeats.count(repeats.of_all(shared, node.epoch_block))
    keys = repeats.count(repeats.of_all((step.arguments[batch.key_index],), node.epoch_block))
    most = batch.batch_max
    return min(times, calls, groups * -(-keys // most), (calls + groups * (most - 1)) // most)


class _Repeats:
    """
    Over which bodies that repeat the value of each step varies: the others have an equal one.

    The steps of a body of an ``each`` have a value for each item, but equal reads of one epoch have
    one result, and so has what is made of it.
    """

    def __init__(self, program: "Program") -> None:
        self._program = program
        self._liveness = program.liveness
        self._known: dict[int, frozenset[int]] = {}

    def times(self, step: Step) -> int:
        """Return how many times a step runs at most."""
        return _times(step, self._liveness)

    def count(self, blocks: frozenset[int]) -> int:
        """Return how many values there are at most of what varies over *blocks*."""
        return prod(_items_max(self._liveness.owners[block][0]) for block in blocks)

    def of_all(self, expressions: tuple[Any, ...], epoch_block: int) -> frozenset[int]:
        """Return over which bodies the arguments of a call vary, in all epochs of a block."""
        found = (self._of(index) for index in used_by(expressions))
        return self._around(epoch_block).union(*found)

    def _of(self, index: int) -> frozenset[int]:
        if index not in self._known:
            self._known[index] = self._find(self._liveness.steps[index])
        return self._known[index]

    def _find(self, step: Step) -> frozenset[int]:
        node = self._program.nodes[step.index]
        if isinstance(step, Item):
            own = frozenset((step.block,)) & self._around(step.block)
            return own.union(*(self._of(i) for i in used(step.source)))
        if node is None or node.timeout_scopes or step.is_timeout_scope or step.bodies:
            return self._around(step.block)
        if isinstance(step, Call):
            if step.is_command:
                return self._around(step.block)
            return self.of_all(step.arguments, node.epoch_block)
        return frozenset().union(*(self._of(i) for i in step.uses()))

    def _around(self, block: int) -> frozenset[int]:
        liveness = self._liveness
        around = (b for b in liveness.around(block) if b in liveness.owners)
        return frozenset(b for b in around if liveness.owners[b][0].repeats)


def _times_of_block(block: int, liveness: Liveness) -> int:
    if block not in liveness.owners:
        return 1
    owner, _ = liveness.owners[block]
    return (_items_max(owner) if owner.repeats else 1) * _times(owner, liveness)


def _times(step: Step, liveness: Liveness) -> int:
    return _times_of_block(step.block, liveness)


def _items_max(step: Any) -> int:
    most: int = step.items_max
    return most
