"""The state of one block while it runs: the plan itself, or one body."""

from collections.abc import Callable, Iterable
from typing import Any

from maestri.errors import CallError
from maestri.plans import Block


class Failure:
    """An error that somebody further on handles, as a value."""

    __slots__ = ("error",)

    def __init__(self, error: CallError) -> None:
        self.error = error


UNSET: Any = object()


class Frame:
    """
    Values of the steps of one block.

    Attributes:
        block: What runs.
        values: By index of the step; those of the blocks around are copied in.
        counts: For each step, how many steps it still waits for.
        open: How many steps have not ended, and steps outside that the result waits for.
        ended: Called with the result, a Failure perhaps, when none is open.
        parent: Frame of the block around.
        epoch: The frame in which reads are shared and collected: this one, or one around it.
        position: Of the item, among those of its ``each``.
        item_keys: Keys of the items that this frame is about, outermost first.
        deadlines_s: For each ``optional`` or ``quorum`` of this frame, when its time is over.
        left_out: Public names of the parts that are missing here.
        inner: For each step that has not ended, the frames inside that wait for it.
        reads: In an epoch's frame, the reads that were made, by what was asked.
        tokens: In an epoch's frame, for each collected call how many frames may still make it.
    """

    __slots__ = (
        "block",
        "counts",
        "deadlines_s",
        "ended",
        "epoch",
        "inner",
        "item_keys",
        "left_out",
        "open",
        "parent",
        "position",
        "reads",
        "tokens",
        "values",
    )
    epoch: "Frame"

    def __init__(
        self, block: Block, values: list[Any], ended: Callable[[Any], None], parent: "Frame | None"
    ) -> None:
        self.block = block
        self.values = values
        self.counts = block.counts.copy()
        self.open = len(block.eager)
        self.ended = ended
        self.parent = parent
        self.position = 0
        self.item_keys: tuple[Any, ...] = () if parent is None else parent.item_keys
        self.deadlines_s: dict[int, float] | None = None
        self.left_out: set[str] | None = None
        self.inner: dict[int, list[Frame]] | None = None
        if parent is None or block.is_epoch:
            self.epoch = self
            self.reads: dict[Any, Any] = {}
            self.tokens = dict.fromkeys(block.batching, 1) if block.batching else {}
        else:
            self.epoch = parent.epoch

    def close(self) -> None:
        """Let go of what would hold the frame in a circle: nothing ends in it any more."""
        self.ended = _closed
        self.epoch = None  # type: ignore[assignment]  # nobody asks a closed frame

    def report(self, parts: Iterable[str]) -> None:
        """Note parts that are missing here, and so in every block around."""
        frame: Frame | None = self
        while frame is not None:
            if frame.left_out is None:
                frame.left_out = set()
            frame.left_out.update(parts)
            frame = frame.parent

    def order(self) -> tuple[int, ...]:
        """Return the positions of the items that this frame is about, outermost first."""
        return () if self.parent is None else (*self.parent.order(), self.position)

    def failure_in(self, indices: tuple[int, ...]) -> CallError | None:
        """Return the error of the first of the steps that failed."""
        for index in indices:
            value = self.values[index]
            if type(value) is Failure:
                return value.error
        return None


def _closed(result: Any) -> None:
    raise AssertionError(f"a frame ends once; it ended again with {result}")
