"""The state of one scope while it runs: the plan itself, or one item of an ``each``."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from maestri.errors import CallError
from maestri.plans import Scope

if TYPE_CHECKING:
    from maestri.composition.batches import Batches


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
        parent: Frame of the scope around.
        position: Of the item, among those of its ``each``.
        waiters: For each step of a branch, what to do when it has ended.
        held: Collected calls that this frame may still make.
        limits: For each ``optional`` or ``quorum`` of this frame, when its time is over.
        left_out: Public names of the parts that are missing from the result.
    """

    __slots__ = (
        "batches",
        "counts",
        "demanded",
        "ended",
        "held",
        "left_out",
        "limits",
        "open",
        "parent",
        "position",
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
        self.demanded = scope.demanded.copy()
        self.open = len(scope.eager)
        self.ended = ended
        self.parent = parent
        self.position = 0
        self.waiters: dict[int, list[Callable[[], None]]] | None = None
        self.batches: Batches | None = None
        self.held: set[int] | None = None
        self.limits: dict[int, float] | None = None
        self.left_out: set[str] | None = None

    def report(self, parts: Iterable[str]) -> None:
        """Note parts that are missing here, and so in every scope around."""
        frame: Frame | None = self
        while frame is not None:
            if frame.left_out is None:
                frame.left_out = set()
            frame.left_out.update(parts)
            frame = frame.parent

    def failure_in(self, indices: tuple[int, ...]) -> CallError | None:
        """Return the error of the first of the steps that failed."""
        for index in indices:
            value = self.values[index]
            if type(value) is Failure:
                return value.error
        return None

    def outcome(self) -> Any:
        """Return the result of the scope, or the failure of what it uses."""
        error = self.failure_in(self.scope.fallible)
        if error is not None:
            return Failure(error)
        for index in self.scope.left_out:
            self.values[index] = tuple(sorted(self.left_out or ()))
        return self.scope.result(self.values)

    def path(self) -> tuple[int, ...]:
        """Return the positions of the items that this frame is about, outermost first."""
        return () if self.parent is None else (*self.parent.path(), self.position)
