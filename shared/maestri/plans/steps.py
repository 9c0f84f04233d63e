"""The steps of a traced plan, as data: one small class per word of the algebra."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from maestri.contracts import Contract, Operation

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


@dataclass(eq=False, slots=True)
class Step:
    """
    One step of a plan.

    Attributes:
        index: Position in the plan; a step uses only steps before it.
        scope: 0 for the plan itself; a body of ``each`` or ``then`` has a scope of its own.
        name: What records and journals call it; begins with the names of the plans around it.
        line: Where it is written.
        part: What an answer calls it that lacks it. Says nothing of inlined plans, so that a batch
            lacks the same parts as a single answer; unless a plan was named when it was used.
    """

    index: int
    scope: int
    name: str
    line: str
    part: str


@dataclass(eq=False, slots=True)
class Input(Step):
    """A parameter of the plan."""


@dataclass(eq=False, slots=True)
class Item(Step):
    """The item that a body is about."""


@dataclass(eq=False, slots=True)
class Call(Step):
    """A call of *operation* at the dependency with its contract, or in *role*."""

    operation: Operation
    role: str | None
    arguments: tuple[Any, ...]


@dataclass(eq=False, slots=True)
class Compute(Step):
    """A pure *function* of values."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    named: Mapping[str, Any] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Body:
    """What is done for one item: steps of scope *scope*, and their result."""

    scope: int
    item: Item
    result: Any


@dataclass(eq=False, slots=True)
class Each(Step):
    """
    The body for every item (splitter): a tuple of results, or with *outcomes* a mapping by item.

    With *outcomes*, a body that fails has a failed outcome, and spoils no other.
    """

    items: Any
    body: Body
    outcomes: bool = False


@dataclass(eq=False, slots=True)
class Then(Step):
    """The body if the value is there; None otherwise."""

    value: Any
    body: Body


@dataclass(eq=False, slots=True)
class When(Step):
    """The branch if the condition holds; None otherwise, and the branch is not run."""

    condition: Any
    branch: Any


@dataclass(eq=False, slots=True)
class Route(Step):
    """The branch whose case equals the key; the others are not run."""

    key: Any
    cases: Mapping[Any, Any]


@dataclass(eq=False, slots=True)
class Optional(Step):
    """The step's value, or None if it failed or was late."""

    step: Any
    within_s: float | None


@dataclass(eq=False, slots=True)
class Otherwise(Step):
    """The step's value, or the fallback where it is None."""

    step: Any
    fallback: Any


@dataclass(eq=False, slots=True)
class Rescue(Step):
    """The step's value, or what *errors* has for the error."""

    step: Any
    errors: Mapping[type[Exception], Any]


@dataclass(eq=False, slots=True)
class Translate(Step):
    """The step's value; an error becomes the one that *errors* makes of it."""

    step: Any
    errors: Mapping[type[Exception], Callable[[Any], Exception]]


@dataclass(eq=False, slots=True)
class Present(Step):
    """The items that are not None."""

    items: Any


@dataclass(eq=False, slots=True)
class Quorum(Step):
    """Those of the steps that answered, at least *least* (scatter-gather)."""

    steps: tuple[Any, ...]
    least: int
    within_s: float | None


@dataclass(eq=False, slots=True)
class Select(Step):
    """The step's value with the fields of *shape* only."""

    step: Any
    shape: Any


@dataclass(eq=False, slots=True)
class LeftOutParts(Step):
    """Public names of the parts that are missing from the answer."""
