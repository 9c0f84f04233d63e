"""The state of one scope while it runs: the plan itself, or one item of an ``each``."""

from collections.abc import Callable, Iterable
from typing import Any

from maestri.errors import CallError
from maestri.plans import Scope


class Failure:
    """An error that somebody further on absorbs, as a value."""

    __slots__ = ("error",)

    def __init__(self, error: CallError) -> None:
        self.error = error


UNSET: Any = object()


class Frame:
    """
    Values of the steps of one scope.

    Attributes:
        values: By index of the step; those of the scopes around are copied in.
        counts: For each step, how many steps it still waits for.
        demanded: For each step, whether it is to run.
        open: How many demanded steps have not ended.
        ended: Called with the result, a Failure perhaps, when none is open.
        held: Collected calls that this frame may still make.
        left_out: Public names of the parts that are missing from the result.
    """

    __slots__ = (
        "batches",
        "counts",
        "demanded",
        "ended",
        "held",
        "left_out",
        "open",
        "parent",
        "scope",
        "values",
        "waiters",
    )

    def __init__(
        self, scope: Scope, values: list[Any], ended: Callable[[Any], None], parent: "Frame | None"
    ) -> None:
        self.scope = scope
        self.values = values
        self.counts = scope.counts.copy()
        self.demanded = bytearray(len(scope.counts))
        self.open = len(scope.eager)
        self.ended = ended
        self.parent = parent
        self.left_out: set[str] | None = None
        self.waiters: dict[int, list[Callable[[], None]]] | None = None
        self.held: set[int] = set()
        self.batches: Any = None
        for index in scope.eager:
            self.demanded[index] = 1

    def report(self, parts: Iterable[str]) -> None:
        """Note parts that are missing here, and so in every scope around."""
        frame: Frame | None = self
        while frame is not None:
            frame.left_out = (frame.left_out or set()) | set(parts)
            frame = frame.parent

    def outcome(self) -> Any:
        """Return the result of the scope, or the failure of what it uses."""
        for index in self.scope.left_out:
            self.values[index] = tuple(sorted(self.left_out or ()))
        for index in self.scope.fallible:
            value = self.values[index]
            if type(value) is Failure:
                return value
        return self.scope.result(self.values)
