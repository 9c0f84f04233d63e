"""What every step of a traced plan is, and the parts that steps are made of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from maestri.contracts import Contract, Selection
from maestri.errors import Rejected
from maestri.plans.expressions import used_by

if TYPE_CHECKING:
    from maestri.plans.tracing import Trace

C = TypeVar("C", bound=Contract)


class Role(Generic[C]):
    """
    One of several dependencies with the same contract, by the name that the component gives it.

    Args:
        contract: What it can do.
        name: Name of the dependency in the component's container.
    """

    def __init__(self, contract: type[C], name: str) -> None:
        self.contract = contract
        self.name = name

    def __repr__(self) -> str:
        return f"Role({self.contract.__name__}, {self.name!r})"


class Needs(Protocol):
    """Where a step says what it needs of the steps that it uses; see ``demand``."""

    def need(self, expression: Any, selection: Selection | None) -> None:
        """Note that the selected fields of an expression are needed; None is all of it."""
        ...

    def need_body(self, body: "Body", selection: Selection | None) -> None:
        """Note what is needed of the result of a body."""
        ...


NOTHING = Selection(())


@dataclass(eq=False, slots=True, kw_only=True)
class Body:
    """
    What a step does in some cases, or for each item: a block of its own.

    Attributes:
        block: Number of the block.
        label: What tells it from the step's other bodies, such as the case of a route.
        item: The step that stands for the item or value that the body is about, if any.
        result: Expression of its result.
        key: Expression of the item's key, where commands are sent per item.
    """

    block: int
    label: str = ""
    item: "Item | None" = None
    result: Any = None
    key: Any = None


@dataclass(eq=False, slots=True, kw_only=True)
class Step:
    """
    One step of a plan; each word of the algebra is a subclass, in ``words``.

    A subclass says which expressions it needs before it runs (*eager*), what it does only in some
    cases or for each item (*bodies*), whether it handles the failure of what it needs (*handles*),
    and what its value may be as it is (*forwards*). Everything else, from the order of steps to
    pruning, follows from that; *needed* and *propagate_demand* are for words that are different.

    Attributes:
        trace: The trace that it is part of.
        index: Position in the plan; a step uses only steps before it.
        block: Number of the block that it is written in; 0 is the plan itself.
        name: Its own name; unique in its block among calls.
        prefix: Names of the inlined plans around it, within its block.
        line: Where it is written.
        inlined: Where the outermost plan around it was inlined in its block, if any was.
    """

    trace: "Trace" = field(repr=False)
    index: int
    block: int
    name: str
    prefix: tuple[str, ...]
    line: str
    inlined: str = ""

    word: ClassVar[str] = ""
    handles: ClassVar[bool] = False
    """Whether it looks at the failures of what it needs."""
    is_timeout_scope: ClassVar[bool] = False
    """Whether it limits the time of what it needs, by its ``timeout_s``."""
    names_part: ClassVar[bool] = False
    """Whether a result may lack it and say so."""
    pure: ClassVar[bool] = False
    """Whether it only makes a value of values, at once."""

    @property
    def eager(self) -> tuple[Any, ...]:
        """Expressions that must have a value before the step can run; bodies apart."""
        return ()

    @property
    def bodies(self) -> tuple[Body, ...]:
        """What is done only in some cases, or for each item."""
        return ()

    @property
    def repeats(self) -> bool:
        """Whether its body runs once for each of many items."""
        return False

    @property
    def is_command(self) -> bool:
        """Whether it is a call that may change something."""
        return False

    def handles_in_body(self) -> bool:
        """Tell whether the failure of a body is a value of the step."""
        return False

    def propagate_demand(self, demand: Needs, wanted: Selection | None) -> None:
        """Say what is needed of what the step uses when *wanted* is needed of its value."""
        for body in self.bodies:
            demand.need_body(body, wanted)
        demand.need(self.eager, self.needed(wanted))

    def needed(self, wanted: Selection | None) -> Selection | None:
        """Return what is needed of each eager expression; of what is forwarded, what is wanted."""
        return wanted if self.forwards else None

    @property
    def options(self) -> dict[str, Any]:
        """What it is told besides expressions and bodies; part of the plan's definition."""
        return {}

    @property
    def forwards(self) -> tuple[Any, ...]:
        """Expressions whose value may be its own value, as it is; bodies apart."""
        return ()

    def failing_with(self, error: type[Rejected]) -> type[Rejected] | None:
        """Return the error with which it fails if what it handles does; None if it does not."""
        return error

    def uses(self) -> frozenset[int]:
        """Return the indices of the steps whose values it needs before it runs."""
        return used_by(self.eager)

    @property
    def path(self) -> str:
        """Return where the step is: unique in the plan, the same when other lines move."""
        return self.trace.path_of(self)

    @property
    def part(self) -> str:
        """Return what a result calls the step: its path, without the words around it."""
        return self.trace.part_of(self)


@dataclass(eq=False, slots=True, kw_only=True)
class Input(Step):
    """A parameter of the plan."""

    word: ClassVar[str] = "input"


@dataclass(eq=False, slots=True, kw_only=True)
class Item(Step):
    """The item or value that a body is about."""

    word: ClassVar[str] = "item"
    source: Any = None
    """Expression of the items, or of the value."""
    kind: Any = None

    def propagate_demand(self, demand: Needs, wanted: Selection | None) -> None:
        demand.need(self.source, wanted)


def labelled(word: str, name: str, label: str) -> str:
    """Return the segment of a path for a body: ``each(skus)``, ``route(kind, show)``."""
    return f"{word}({name}, {label})" if label else f"{word}({name})"


def bodies_of(steps: Sequence[Step]) -> dict[int, tuple[Step, Body]]:
    """Return for each block but the first the step that it belongs to, and its body."""
    return {body.block: (step, body) for step in steps for body in step.bodies}


def enclosing(step: Step, owners: Mapping[int, tuple[Step, Body]]) -> Iterator[Step]:
    """Return a step and those in whose bodies it is, from the inside out."""
    yield step
    while step.block in owners:
        step, _ = owners[step.block]
        yield step


def steps_with_side_effects(steps: Sequence[Step]) -> frozenset[int]:
    """Return which of the steps are commands, or have one in a body, at any depth."""
    owners = bodies_of(steps)
    return frozenset(
        around.index for step in steps if step.is_command for around in enclosing(step, owners)
    )
