"""A batch serves each key on its own: one bad key does not spoil the others."""

from typing import Any, Generic, TypeAlias, TypeVar

import msgspec

from maestri.contracts.problem import Problem, problem_of
from maestri.errors import CallError

T = TypeVar("T")

# Values are immutable, and so hold no outcome that holds them: `gc=False` saves a tenth.


class Succeeded(
    msgspec.Struct, Generic[T], frozen=True, gc=False, tag="succeeded", tag_field="outcome"
):
    """The key has a value."""

    value: T


class Failed(msgspec.Struct, frozen=True, gc=False, tag="failed", tag_field="outcome"):
    """The key has none; the problem is the one that the single operation would have raised."""

    problem: Problem

    @classmethod
    def of(cls, error: CallError) -> "Failed":
        """Return the outcome for *error*."""
        return cls(problem_of(error))


Outcome: TypeAlias = Succeeded[T] | Failed
"""What a batch returns per key."""


def succeeded(outcome: Any) -> bool:
    """Tell whether *outcome* carries a value."""
    return isinstance(outcome, Succeeded) or hasattr(outcome, "value")
