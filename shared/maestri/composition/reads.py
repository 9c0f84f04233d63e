"""Reads, each made once for all that wait for it; and a batch's result for each of its keys."""

from collections.abc import Mapping, Sequence
from typing import Any

from maestri.composition.calls_in_flight import Request
from maestri.composition.frame import UNSET, Failure, Frame
from maestri.contracts import Failed, Operation, Problem, Succeeded, error_of
from maestri.errors import Faulted
from maestri.plans import Node

Collected = tuple[Frame, Node, tuple[Any, ...]]


class Read:
    """
    A read that is made once, for all that wait for it.

    Attributes:
        arguments: Of the single operation.
        waiting: Who waits, and until when; None is as long as the run.
        result: The result, or a Failure, once it is there.
        request: The call that brings it.
        abandoned: Whether the call was cancelled, because nobody had time to wait.
    """

    __slots__ = ("abandoned", "arguments", "request", "result", "waiting")

    def __init__(self, arguments: tuple[Any, ...]) -> None:
        self.arguments = arguments
        self.waiting: list[tuple[Frame, Node, float | None]] = []
        self.result: Any = UNSET
        self.request: Request | None = None
        self.abandoned = False

    def deadline_s(self) -> float | None:
        """Return until when somebody waits."""
        deadline_s: float | None = 0.0
        for _, _, until_s in self.waiting:
            if until_s is None:
                return None
            assert deadline_s is not None
            deadline_s = max(deadline_s, until_s)
        return deadline_s


def longest_of(reads: list[Read]) -> float | None:
    """Return until when somebody waits for any of the reads; None is as long as the run."""
    deadlines = [read.deadline_s() for read in reads]
    return None if None in deadlines else max(deadlines)  # type: ignore[type-var]  # none is None


def in_item_order(entries: list[Collected]) -> list[Collected]:
    """Return collected calls in the order of the items, whoever was ready first."""
    before = entries[0][0]
    for frame, _, _ in entries:
        if frame.parent is not before.parent or frame.position < before.position:
            return sorted(entries, key=lambda entry: entry[0].order())
        before = frame
    return entries


def outcomes_of(batch: Operation, keys: Sequence[Any], result: Any) -> list[Any]:
    """Return the result of a batch for each of the keys: the value, or a Failure."""
    single = batch.batch_of
    assert single is not None
    if not isinstance(result, Mapping):
        wrong = Faulted(f"returned {type(result).__name__}, no mapping", operation=batch.id)
        return [Failure(wrong)] * len(keys)
    return [
        outcome.value
        if type(outcome := result.get(key)) is Succeeded
        else _value_of(outcome, single, key)
        for key in keys
    ]


def _value_of(outcome: Any, single: Operation, key: Any) -> Any:
    if isinstance(outcome, Succeeded):
        return outcome.value
    if isinstance(outcome, Failed) and isinstance(outcome.problem, Problem):
        return Failure(error_of(outcome.problem, single.raises, single.id))
    wrong = "no outcome" if outcome is None else f"{type(outcome).__name__}, which is no outcome,"
    return Failure(Faulted(f"the batch has {wrong} for {key!r}", operation=single.id))
