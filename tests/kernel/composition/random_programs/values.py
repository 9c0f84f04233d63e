"""What a random program has at hand while it is made: values, and their fields."""

from dataclasses import dataclass, field
from typing import Any

from tests.kernel.composition.random_programs.programs import Kind, Statement

PATH_MAX = 3
FIELDS: dict[str, tuple[tuple[str, Kind], ...]] = {
    "answer": (
        ("letter", "text"),
        ("holds", "flag"),
        ("letters", ("seq", "text")),
        ("part", "part"),
        ("maybe", ("opt", "part")),
    ),
    "part": (("letter", "text"), ("letters", ("seq", "text"))),
    "page": (("answer", "answer"),),
    "short": (("letter", "text"), ("letters", ("seq", "text"))),
}


@dataclass
class Value:
    """
    Something that statements may refer to.

    Attributes:
        name: Of the value.
        kind: Of the value.
        block: Serial number of the block that it is made in; -1 for inputs and items.
        word: That made it.
        uses: How many refer to it.
        is_handled: Whether its failure is dealt with, so that nobody else may use it.
        has_side_effects: Whether a command made it.
    """

    name: str
    kind: Kind
    block: int = -1
    word: str = ""
    of: Any = None
    uses: int = 0
    is_handled: bool = False
    has_side_effects: bool = False


@dataclass
class Scope:
    """What a block sees, and whether it may send commands."""

    block: int
    depth: int
    values: list[Value]
    lane: Any
    commands: bool
    statements: list[Statement] = field(default_factory=list)

    def own(self) -> list[Value]:
        """Return the values of this very block."""
        return [value for value in self.values if value.block == self.block]


def opt(kind: Kind) -> Kind:
    """Return the kind of what may be missing."""
    return kind if kind == "none" or kind[0] == "opt" else ("opt", kind)


def paths_to(kind: Kind, wanted: Kind, depth: int = 0) -> list[tuple[str, ...]]:
    """Return the paths from a value of a kind to its fields of the wanted one."""
    found: list[tuple[str, ...]] = [()] if kind == wanted else []
    if isinstance(kind, str) and depth < PATH_MAX:
        for name, inner in FIELDS.get(kind, ()):
            found += [(name, *path) for path in paths_to(inner, wanted, depth + 1)]
    return found
