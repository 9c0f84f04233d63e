"""
In which order steps run because of commands, and which reads may share a call.

Everything written before a command ends before it starts, and everything written after it starts
after it ended; a step with a command in one of its bodies counts as one. Between two commands
stretches an *epoch*. Equal reads of one epoch are one call, and reads of many items are collected
into a batch; across a command nothing is shared, since what was read before says nothing about what
is there after. In the body of an ``each`` that has a command, every item has epochs of its own.
"""

from maestri.plans.failures import Failures
from maestri.plans.liveness import Liveness
from maestri.plans.steps import enclosing, steps_with_side_effects


class Order:
    """
    The order of the live steps.

    Attributes:
        with_side_effects: Steps that are commands, or have one in a body.
        before: For each live step those that must have ended before it, because of a command.
        stopped_by: For each command those steps after whose failure it is not started.
    """

    def __init__(self, liveness: Liveness, failures: Failures) -> None:
        self._liveness = liveness
        self._steps = liveness.steps
        self.with_side_effects = steps_with_side_effects(liveness.steps)
        self.before: dict[int, frozenset[int]] = dict.fromkeys(liveness.live, frozenset())
        self.stopped_by: dict[int, frozenset[int]] = {}
        self._blocks_with_commands = {self._steps[i].block for i in self.with_side_effects} | {0}
        for block in {self._steps[i].block for i in self.with_side_effects}:
            self._order(block, failures.fatal.get(block, set()))

    def epoch_block(self, index: int) -> int:
        """Return the block whose epochs a step belongs to: the innermost with a command."""
        around = self._liveness.around(self._steps[index].block)
        return next(block for block in around if block in self._blocks_with_commands)

    def epoch(self, index: int) -> int:
        """Return how many commands of that block are written before the step."""
        block = self.epoch_block(index)
        around = enclosing(self._steps[index], self._liveness.owners)
        inside = next(step.index for step in around if step.block == block)
        return sum(i < inside and self._steps[i].block == block for i in self.with_side_effects)

    def _order(self, block: int, fatal: set[int]) -> None:
        last: int | None = None
        since: set[int] = set()
        for index in self._liveness.in_block(block):
            if self._steps[index].word in {"input", "item", "left_out"}:
                continue
            barrier = frozenset() if last is None else frozenset((last,))
            if index in self.with_side_effects:
                self.before[index] = frozenset(since) | barrier
                self.stopped_by[index] = frozenset(i for i in fatal if i < index)
                last, since = index, set()
            else:
                self.before[index] = barrier
                since.add(index)
