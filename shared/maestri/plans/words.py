"""The words of the algebra: one class each, which says all that the compiler must know of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from maestri.contracts import Operation, Selection, item_of, left_out_field, selection_of, type_name
from maestri.errors import PlanError, Rejected
from maestri.plans.kinds import result_kind
from maestri.plans.steps import NOTHING, Body, Needs, Step


@dataclass(eq=False, slots=True, kw_only=True)
class Call(Step):
    """A call of *operation* at the dependency with its contract, or in *role*."""

    word: ClassVar[str] = "call"
    operation: Operation
    role: str | None
    arguments: tuple[Any, ...]

    @property
    def eager(self) -> tuple[Any, ...]:
        return self.arguments

    @property
    def is_command(self) -> bool:
        return not self.operation.safe

    @property
    def options(self) -> dict[str, Any]:
        return {"operation": self.operation.id, "role": self.role}


@dataclass(eq=False, slots=True, kw_only=True)
class Compute(Step):
    """A pure *function* of values."""

    word: ClassVar[str] = "compute"
    pure: ClassVar[bool] = True
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    named: Mapping[str, Any] = field(default_factory=dict)

    @property
    def eager(self) -> tuple[Any, ...]:
        return (*self.arguments, *self.named.values())

    @property
    def options(self) -> dict[str, Any]:
        return {"function": self.function, "named": tuple(self.named)}


@dataclass(eq=False, slots=True, kw_only=True)
class Gather(Step):
    """
    Several values as one: the result of an inlined plan, where it is handled as a whole.

    Attributes:
        value: The result.
        besides: What else fails the plan: its checks, and its commands whose result nobody uses.
    """

    word: ClassVar[str] = "gather"
    pure: ClassVar[bool] = True
    value: Any
    besides: tuple[Any, ...] = ()

    @property
    def eager(self) -> tuple[Any, ...]:
        return (self.value, *self.besides)

    def propagate_demand(self, demand: Needs, wanted: Selection | None) -> None:
        # What else fails the plan runs for its effect, not for its value.
        demand.need(self.value, wanted)

    @property
    def forwards(self) -> tuple[Any, ...]:
        return (self.value,)


@dataclass(eq=False, slots=True, kw_only=True)
class Unary(Step):
    """What is about one expression, its *operand*."""

    operand: Any

    @property
    def eager(self) -> tuple[Any, ...]:
        return (self.operand,)


@dataclass(eq=False, slots=True, kw_only=True)
class WithBody(Unary):
    """What runs its *body* as the operand says: not at all, once, or for each item."""

    body: Body

    @property
    def bodies(self) -> tuple[Body, ...]:
        return (self.body,)


@dataclass(eq=False, slots=True, kw_only=True)
class Handler(Unary):
    """The operand's value, unless that failed."""

    handles: ClassVar[bool] = True

    @property
    def forwards(self) -> tuple[Any, ...]:
        return (self.operand,)


@dataclass(eq=False, slots=True, kw_only=True)
class Each(WithBody):
    """The body for every item of the operand (splitter): a tuple of results."""

    word: ClassVar[str] = "each"
    items_max: int

    @property
    def repeats(self) -> bool:
        return True

    def needed(self, wanted: Selection | None) -> Selection | None:
        # The body says what it needs of an item.
        return NOTHING

    @property
    def options(self) -> dict[str, Any]:
        return {"items_max": self.items_max}


@dataclass(eq=False, slots=True, kw_only=True)
class Outcomes(Each):
    """The body for every key: a mapping of outcomes, where a body that fails spoils no other."""

    word: ClassVar[str] = "outcomes"

    def handles_in_body(self) -> bool:
        return True

    def failing_with(self, error: type[Rejected]) -> type[Rejected] | None:
        return None


@dataclass(eq=False, slots=True, kw_only=True)
class Then(WithBody):
    """The body if the operand is there; None otherwise."""

    word: ClassVar[str] = "then"

    def needed(self, wanted: Selection | None) -> Selection | None:
        # The body says what it needs of the value.
        return NOTHING


@dataclass(eq=False, slots=True, kw_only=True)
class When(WithBody):
    """The body if the operand holds; None otherwise, and the body is not run."""

    word: ClassVar[str] = "when"


@dataclass(eq=False, slots=True, kw_only=True)
class Route(Unary):
    """The body whose case equals the operand; the others are not run."""

    word: ClassVar[str] = "route"
    cases: Mapping[Any, Body]

    @property
    def bodies(self) -> tuple[Body, ...]:
        return tuple(self.cases.values())


@dataclass(eq=False, slots=True, kw_only=True)
class Optional(Handler):
    """The operand's value, or None if it failed or was late."""

    word: ClassVar[str] = "optional"
    is_timeout_scope: ClassVar[bool] = True
    names_part: ClassVar[bool] = True
    timeout_s: float | None

    @property
    def options(self) -> dict[str, Any]:
        return {"timeout_s": self.timeout_s}


@dataclass(eq=False, slots=True, kw_only=True)
class Otherwise(Unary):
    """The operand's value, or the fallback where it is None: a value, or a body."""

    word: ClassVar[str] = "otherwise"
    fallback: Any = None
    body: Body | None = None

    @property
    def eager(self) -> tuple[Any, ...]:
        return (self.operand, self.fallback)

    @property
    def bodies(self) -> tuple[Body, ...]:
        return () if self.body is None else (self.body,)

    @property
    def forwards(self) -> tuple[Any, ...]:
        return self.eager


@dataclass(eq=False, slots=True, kw_only=True)
class Rescue(Handler):
    """The operand's value, or the result of the body that is there for its error."""

    word: ClassVar[str] = "rescue"
    errors: Mapping[type[Exception], Body]

    @property
    def bodies(self) -> tuple[Body, ...]:
        return tuple(self.errors.values())

    def failing_with(self, error: type[Rejected]) -> type[Rejected] | None:
        return None if issubclass(error, tuple(self.errors)) else error


@dataclass(eq=False, slots=True, kw_only=True)
class Translate(Handler):
    """The operand's value; an error becomes the one that *errors* makes of it."""

    word: ClassVar[str] = "translate"
    errors: Mapping[type[Exception], Callable[[Any], Exception]]

    @property
    def options(self) -> dict[str, Any]:
        return {"errors": tuple(self.errors.items())}

    def failing_with(self, error: type[Rejected]) -> type[Rejected] | None:
        made = (made for kind, made in self.errors.items() if issubclass(error, kind))
        replacement = next(made, None)
        return error if replacement is None else translated_kind(self, replacement)


@dataclass(eq=False, slots=True, kw_only=True)
class DropNone(Unary):
    """The items of the operand that are not None."""

    word: ClassVar[str] = "drop_none"
    pure: ClassVar[bool] = True

    @property
    def forwards(self) -> tuple[Any, ...]:
        return (self.operand,)


@dataclass(eq=False, slots=True, kw_only=True)
class Quorum(Step):
    """Those of the steps that succeeded, at least *least* (scatter-gather)."""

    word: ClassVar[str] = "quorum"
    handles: ClassVar[bool] = True
    is_timeout_scope: ClassVar[bool] = True
    names_part: ClassVar[bool] = True
    steps: tuple[Any, ...]
    least: int
    timeout_s: float | None

    @property
    def eager(self) -> tuple[Any, ...]:
        return self.steps

    @property
    def forwards(self) -> tuple[Any, ...]:
        return self.steps

    @property
    def options(self) -> dict[str, Any]:
        return {"least": self.least, "timeout_s": self.timeout_s}


@dataclass(eq=False, slots=True, kw_only=True)
class Select(Unary):
    """The operand's value with the fields of *shape* only."""

    word: ClassVar[str] = "select"
    pure: ClassVar[bool] = True
    shape: Any

    def needed(self, wanted: Selection | None) -> Selection | None:
        return within(selection_of(self.shape), wanted)

    @property
    def options(self) -> dict[str, Any]:
        return {"shape": type_name(self.shape)}

    @property
    def forwards(self) -> tuple[Any, ...]:
        names_parts = left_out_field(item_of(self.shape) or self.shape) is not None
        return (self.operand,) if names_parts else ()


@dataclass(eq=False, slots=True, kw_only=True)
class LeftOutParts(Step):
    """Public names of the parts that are missing from the result of the plan that it is in."""

    word: ClassVar[str] = "left_out"


def within(shape: Selection | None, wanted: Selection | None) -> Selection | None:
    """Return the part of *wanted* that *shape* has; all of *shape* where everything is wanted."""
    if wanted is None or shape is None:
        return shape
    branches = shape.as_dict()
    return Selection.of(
        {name: within(branches[name], below) for name, below in wanted.fields if name in branches}
    )


def translated_kind(step: Translate, made: Any) -> type[Rejected]:
    """
    Return the class of the error that a translation makes.

    Raises:
        PlanError: It is not said.
    """
    kind = made if isinstance(made, type) else result_kind(made)
    if not (isinstance(kind, type) and issubclass(kind, Rejected)):
        raise PlanError(
            f"{step.line}: translate does not say what error {made!r} makes; give it a Rejected "
            "class, or a function annotated with the Rejected that it returns"
        )
    return kind
