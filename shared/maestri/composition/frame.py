"""The state of one scope while it runs: the plan itself, or one item of an ``each``."""

from collections.abc import Callable
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
    """

    __slots__ = (
        "batches",
        "counts",
        "demanded",
        "ended",
        "held",
        "open",
        "scope",
        "values",
        "waiters",
    )

    def __init__(self, scope: Scope, values: list[Any], ended: Callable[[Any], None]) -> None:
        self.scope = scope
        self.values = values
        self.counts = scope.counts.copy()
        self.demanded = bytearray(len(scope.counts))
        self.open = len(scope.eager)
        self.ended = ended
        self.waiters: dict[int, list[Callable[[], None]]] | None = None
        self.held: set[int] = set()
        self.batches: Any = None
        for index in scope.eager:
            self.demanded[index] = 1

    def outcome(self) -> Any:
        """Return the result of the scope, or the failure of what it uses."""
        for index in self.scope.fallible:
            value = self.values[index]
            if type(value) is Failure:
                return value
        return self.scope.result(self.values)
