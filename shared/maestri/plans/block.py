"""What runs together in a program: the plan itself, or one body."""

from collections.abc import Sequence

from maestri.plans.analysis import Analysis
from maestri.plans.evaluation import Evaluate, evaluator, straight
from maestri.plans.expressions import used
from maestri.plans.liveness import Liveness
from maestri.plans.node import Node
from maestri.plans.sharing import collected_in
from maestri.plans.steps import Input, Item
from maestri.plans.words import DropNone, Select


class Block:
    """
    What runs together: the plan itself, or one body.

    Attributes:
        number: Of the block.
        result: How to evaluate its result.
        fallible: Steps with whose failure, a value at first, the block has failed.
        item: Index of the item that a body is about; -1 where there is none.
        key: How to evaluate the key of the item, if it has one.
        eager: Its steps, all of which run; without those that are worked out with the result.
        ready: Those that wait for nothing.
        counts: How many steps of the block each waits for, by index.
        consumers: For each step, those of this block that wait for it.
        captures: Steps outside that the block, or one inside it, uses.
        result_captures: Those of them that its result uses.
        capture_consumers: For each of them the steps of this block that wait for it.
        batching: Calls that are collected within a run of this block.
        collects: Calls made in this block, or inside it, that are collected further out.
        is_epoch: Whether reads are shared within a run of this block, and not beyond.
    """

    __slots__ = (
        "batching",
        "capture_consumers",
        "captures",
        "collects",
        "consumers",
        "counts",
        "eager",
        "fallible",
        "is_epoch",
        "item",
        "key",
        "number",
        "ready",
        "result",
        "result_captures",
    )

    def __init__(
        self, number: int, analysis: Analysis, liveness: Liveness, nodes: Sequence[Node | None]
    ) -> None:
        handled = analysis.failures.handled
        self.number = number
        result = liveness.results[number]
        late = _worked_out_late(number, nodes, liveness)
        self.result = straight(late, evaluator(result))
        # What fails the block without a selection does so with one, if it runs at all.
        fatal = analysis.failures.fatal[number] & liveness.live
        self.fallible = tuple(sorted(i for i in used(result) | fatal if i in handled))
        body = liveness.owners[number][1] if number in liveness.owners else None
        self.item = body.item.index if body is not None and body.item is not None else -1
        self.key = evaluator(body.key) if body is not None and body.key is not None else None
        after = {i for i, _ in late}
        self.eager = tuple(
            i
            for i in liveness.in_block(number)
            if i not in after and not isinstance(liveness.steps[i], Input | Item)
        )
        self.captures = tuple(
            sorted(
                i
                for i in liveness.captures[number]
                if not isinstance(liveness.steps[i], Input | Item)
            )
        )
        seen = used(result).union(*(liveness.uses[i] for i in after))
        self.result_captures = tuple(i for i in self.captures if i in seen)
        self._connect(nodes)
        self.ready = tuple(i for i in self.eager if not self.counts[i])
        self.batching = frozenset(
            node.index
            for node in nodes
            if node is not None and node.batches and node.epoch_block == number
        )
        self.collects = collected_in(number, nodes, liveness)
        self.is_epoch = number == 0 or any(
            node is not None and node.epoch_block == number for node in nodes
        )

    def _connect(self, nodes: Sequence[Node | None]) -> None:
        """Find for each step what it waits for: steps of this block, and those that it captures."""
        here = set(self.eager)
        self.counts = [0] * len(nodes)
        self.consumers: list[tuple[int, ...]] = [()] * len(nodes)
        self.capture_consumers: dict[int, tuple[int, ...]] = {}
        for index in self.eager:
            node = nodes[index]
            assert node is not None
            for before in node.waits_for:
                if before in here:
                    self.counts[index] += 1
                    self.consumers[before] = (*self.consumers[before], index)
                elif before in self.captures:
                    known = self.capture_consumers.get(before, ())
                    self.capture_consumers[before] = (*known, index)


def _worked_out_late(
    number: int, nodes: Sequence[Node | None], liveness: Liveness
) -> list[tuple[int, Evaluate]]:
    """
    Return the steps that only give the result of a block its form, and how to work them out.

    They cannot fail, so nothing is to be gained by making each of them a step of a run.
    """
    owner = {liveness.owners[number][0].index} if number in liveness.owners else set()
    return [
        (i, node.value)
        for i in liveness.in_block(number)
        if (node := nodes[i]) is not None
        and node.value is not None
        and isinstance(node.step, Select | DropNone)
        and not (node.handled or node.fallible)
        and liveness.consumers[i] <= owner
    ]
