"""Random programs as data: what a plan function would say, statement by statement."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

SAFE = frozenset({"read", "one", "page", "allowed"})
CHANGING = "changing"
"""How the names of inlined plans begin that have a command."""

IN_FLIGHT_MAX = 64
ROLES = ("prompt", "silent")
"""The participants of a program with roles; the silent one answers some calls never."""

SCOPES = frozenset({"optional", "quorum"})
"""Words that limit the time of what they need."""

Kind = Any
"""``text``, ``flag``, ``answer``, ``part``, ``page``, ``short``, ``none``; or a pair:
``opt``, ``seq``, ``map`` or ``record``, and of what."""


@dataclass(frozen=True)
class Ref:
    """A field of an earlier value, or all of it."""

    of: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """A message of values; *name* is that of its class."""

    name: str
    fields: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Block:
    """
    What runs together.

    Attributes:
        statements: In written order.
        result: An expression.
        item: Name of what the body is about, if it is about something.
    """

    statements: tuple["Statement", ...]
    result: Any
    item: str = ""


@dataclass(frozen=True)
class Statement:
    """
    One word of the algebra, whose value has a name.

    Attributes:
        word: Of the algebra.
        name: Of its value, unique in the program; it grows with the position.
        number: Position: what is traced earlier has a lower one.
        given: Expressions that it needs before it runs.
        bodies: By label: what it does only sometimes, or for each item.
        of: The operation, function, error classes or shape that it is about.
        is_named: Whether the plan names the step so; otherwise it has the name of what it is about.
        kind: Of its value.
        label: Its name in the plan that it is written in, where that was inlined.
        prefix: Names of the inlined plans around it, within its block.
        role: Of the participant that is called, if there are several.
        timeout_s: Of an ``optional`` or ``quorum``.
    """

    word: str
    name: str
    number: int
    given: tuple[Any, ...] = ()
    bodies: Mapping[str, Block] = field(default_factory=dict)
    of: Any = None
    is_named: bool = True
    kind: Kind = None
    prefix: tuple[str, ...] = ()
    label: str = ""
    role: str = ""
    timeout_s: float | None = None

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True)
class Program:
    """
    A whole plan.

    Attributes:
        block: Its statements.
        records: For each class of messages that it makes, the kinds of its fields.
        inlined: Plans that it inlines, by name; each is given a subject and a lane.
        in_flight_max: Calls at the same time.
        has_roles: Whether there are several participants, so that every call names one.
    """

    block: Block
    records: Mapping[str, Mapping[str, Kind]]
    inlined: Mapping[str, Block] = field(default_factory=dict)
    in_flight_max: int = IN_FLIGHT_MAX
    has_roles: bool = False


def refs_in(expression: Any) -> Iterator[Ref]:
    """Return the references in an expression."""
    if isinstance(expression, Ref):
        yield expression
    elif isinstance(expression, tuple):
        for part in expression:
            yield from refs_in(part)
    elif isinstance(expression, Record):
        for _, part in expression.fields:
            yield from refs_in(part)


def statements_in(block: Block) -> Iterator[Statement]:
    """Return all statements of a block, and of the bodies in it."""
    for statement in block.statements:
        for body in statement.bodies.values():
            yield from statements_in(body)
        yield statement


def mapped(block: Block, change: Callable[[Statement], Statement]) -> Block:
    """Return a block whose statements, and those of the bodies in it, are changed."""
    statements = []
    for statement in block.statements:
        bodies = {label: mapped(body, change) for label, body in statement.bodies.items()}
        statements.append(change(replace(statement, bodies=bodies)))
    return replace(block, statements=tuple(statements))


def asked_of(operation: str, role: str) -> str:
    """Return the name of a call of an operation, which differs by role."""
    return f"{operation}.{role}" if role else operation


def is_command(statement: Statement) -> bool:
    """Tell whether the statement itself is a command, or a plan with one."""
    if statement.word == "inline":
        return str(statement.of).startswith(CHANGING)
    return statement.word == "call" and statement.of not in SAFE


def has_command(block: Block) -> bool:
    """Tell whether a command is anywhere in a block."""
    return any(map(is_command, statements_in(block)))


def has_side_effects(statement: Statement) -> bool:
    """Tell whether the statement is a command, or has one in a body."""
    return is_command(statement) or any(map(has_command, statement.bodies.values()))


def is_root(statement: Statement) -> bool:
    """Tell whether the statement runs whoever needs its value: for a command or check in it."""
    inside = (one for body in statement.bodies.values() for one in statements_in(body))
    return is_command(statement) or any(one.word == "check" or is_command(one) for one in inside)
