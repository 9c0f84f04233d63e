"""A batch answers each key on its own: one bad key does not spoil the others."""

from typing import Any, Generic, TypeAlias, TypeVar

import msgspec

from maestri.contracts.problem import Problem, problem_of
from maestri.errors import CallError

T = TypeVar("T")


class Answered(msgspec.Struct, Generic[T], frozen=True, tag="answered", tag_field="outcome"):
    """The key has an answer."""

    value: T


class Failed(msgspec.Struct, frozen=True, tag="failed", tag_field="outcome"):
    """The key has none; the problem is the one that the single operation would have raised."""

    problem: Problem

    @classmethod
    def of(cls, error: CallError) -> "Failed":
        """Return the outcome for *error*."""
        return cls(problem_of(error))


Outcome: TypeAlias = Answered[T] | Failed
"""What a batch answers per key."""


def answered(outcome: Any) -> bool:
    """Tell whether *outcome* carries a value."""
    return isinstance(outcome, Answered) or hasattr(outcome, "value")
