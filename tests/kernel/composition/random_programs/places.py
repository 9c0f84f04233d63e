"""What the naive interpreter knows of where it is, and what it notes there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from maestri.errors import CallError


class Failure(NamedTuple):
    """An error as a value."""

    error: CallError


class _Pruned:
    """The value of what was pruned: nobody may look at it."""

    def __repr__(self) -> str:
        return "<pruned>"


PRUNED = _Pruned()


class Ended(Exception):
    """A failure that nobody handles has ended the run."""


@dataclass(frozen=True)
class Place:
    """Where a block runs."""

    path: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    keys: tuple[Any, ...] = ()
    epoch: tuple[Any, ...] = ()
    frame: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Pruning:
    """
    What a selection has left of the plan.

    Attributes:
        paths: Of the steps that are not run.
        results: For each block that is narrowed, the paths that its result still uses.
    """

    paths: frozenset[str] = frozenset()
    results: Mapping[tuple[str, ...], frozenset[str]] = field(default_factory=dict)


class Event(NamedTuple):
    """Something that was noted; *certain* if it happens whichever failure comes first."""

    kind: str
    what: tuple[Any, ...]
    certain: bool
