"""While a plan function runs with symbols, each step that it makes is written down here."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, NoReturn, TypeVar

from maestri.contracts import item_of, without_none
from maestri.plans.expressions import check_expression, symbols_in
from maestri.plans.functions import refuse_no_body
from maestri.plans.observation import Observation
from maestri.plans.paths import Paths
from maestri.plans.refusal import Where, line_of_plan, refuse
from maestri.plans.steps import Body, Item, Step
from maestri.plans.symbol import COMPARISONS, UNKNOWN, Symbol
from maestri.plans.words import Compute

S = TypeVar("S", bound=Step)


class InlinedBound(NamedTuple):
    """The calls_max of a plan that was inlined in a block, behind a prefix."""

    name: str
    calls_max: int
    block: int
    prefix: tuple[str, ...]
    line: str


class InlinedResult(NamedTuple):
    """The result of a plan that was inlined, its name, and what fails it besides the result."""

    value: Any
    name: str
    besides: tuple[Symbol, ...]


STEPS_MAX = 500
PLANS_NESTED_MAX = 16
BODIES_NESTED_MAX = 16


class Trace:
    """
    The steps that a plan function made, in written order.

    Attributes:
        name: Of the plan.
        steps: All of them; those of a body come before the step that the body belongs to.
        checks: Steps that are kept for their refusal.
        inlined_bounds: What inlined plans promise about their calls.
        observation: What its functions are seen to do; forgotten once the plan is traced.
        items_max: Of the plan whose function is running: of an inlined one, its own.
    """

    def __init__(self, name: str, items_max: int) -> None:
        self.name = name
        self.steps: list[Step] = []
        self.checks: list[Step] = []
        self.items_max = items_max
        self.inlining: list[object] = []
        self.inlined_bounds: list[InlinedBound] = []
        self.observation = Observation()
        self._blocks = 1
        self._open: list[int] = [0]
        self._prefix: tuple[str, ...] = ()
        self._inlined = ""
        self._results: list[InlinedResult] = []
        self._paths: Paths | None = None

    @property
    def block(self) -> int:
        """Return the block that is being traced."""
        return self._open[-1]

    def add(self, make: Callable[..., S], name: str, **given: Any) -> S:
        """Write down one step in the current block."""
        if len(self.steps) >= STEPS_MAX:
            refuse(
                f"plan {self.name} has more than {STEPS_MAX} steps",
                "split it into several operations",
            )
        step = make(
            trace=self,
            index=len(self.steps),
            block=self.block,
            name=name,
            prefix=self._prefix,
            line=line_of_plan(),
            inlined=self._inlined,
            **given,
        )
        for expression in step.eager:
            check_expression(expression, self.see, Where(f"{step.word} {name!r}"))
        self.steps.append(step)
        return step

    def see(self, symbol: Symbol, line: str = "") -> None:
        """Refuse a symbol of another plan, or of a body that has ended."""
        step = symbol.m_step
        if step.trace is not self:
            refuse(
                f"{symbol!r} belongs to plan {step.trace.name}, not to {self.name}",
                "give it to this plan as an input",
                line,
            )
        if step.block not in self._open:
            refuse(
                f"{symbol!r} is used outside of the body that makes it, where it has many values "
                "or none",
                "return it from the body, and use the result of the word around it",
                line,
            )

    def operate(
        self, name: str, function: Callable[..., Any], arguments: tuple[Any, ...]
    ) -> Symbol:
        """Write down an operator between values."""
        if _tracing.get() is not self:
            current_trace(f"the operator {name}").see(symbols_in(arguments)[0])
        step = self.add(Compute, name, function=function, arguments=arguments)
        return Symbol(step, bool if name in COMPARISONS else UNKNOWN)

    def body(
        self,
        step: Callable[..., Any],
        word: str,
        *,
        label: str = "",
        source: Any = None,
        many: bool = False,
        key: Callable[[Any], Any] | None = None,
    ) -> Body:
        """
        Trace what is done in some case, or for an item of *source*, in a block of its own.

        Args:
            step: What is done.
            word: For whom.
            label: What tells this case from others.
            source: Expression of the items (*many*), or of the value.
            many: Whether the body is about items of the source, rather than all of it.
            key: What tells the items apart.
        """
        if len(self._open) > BODIES_NESTED_MAX:
            refuse(
                f"bodies are nested deeper than {BODIES_NESTED_MAX}",
                "make an operation of the inner part, and call it",
            )
        refuse_no_body(step, f"the body of {word}", 0 if source is None else 1)
        with self._new_block() as block:
            item = None
            if source is not None:
                kind = _kind_of_item(source, many)
                item = self.add(Item, "item" if many else "value", source=source, kind=kind)
            given = () if item is None else (Symbol(item, item.kind),)
            result = self.observation.enter(step, *given)
            check_expression(result, self.see, Where(f"the result of the body of {word}"))
            made = None if key is None else self.observation.enter(key, *given)
            check_expression(made, self.see, Where(f"the key of {word}"))
            return Body(block=block, label=label, item=item, result=result, key=made)

    @contextmanager
    def _new_block(self) -> Generator[int]:
        """Write the steps of the with statement into a block of their own."""
        block = self._blocks
        self._blocks += 1
        self._open.append(block)
        outer = self._prefix, self._inlined
        self._prefix, self._inlined = (), ""
        try:
            yield block
        finally:
            self._open.pop()
            self._prefix, self._inlined = outer

    @contextmanager
    def inlined(
        self, plan: Any, name: str, items_max: int, calls_max: int | None = None
    ) -> Generator[None]:
        """Trace another plan into this one; its steps are prefixed with its name."""
        if plan in self.inlining:
            refuse_containing_itself(name or self.name)
        if len(self.inlining) >= PLANS_NESTED_MAX:
            refuse(
                f"plans are inlined deeper than {PLANS_NESTED_MAX}",
                "make an operation of the inner ones, and call it",
            )
        before = self._prefix, self.items_max, self._inlined
        self._inlined = self._inlined or (line_of_plan() if name else "")
        self._prefix = (*self._prefix, name) if name else self._prefix
        self.items_max = items_max
        self.inlining.append(plan)
        if calls_max is not None and name:
            self.inlined_bounds.append(
                InlinedBound(name, calls_max, self.block, self._prefix, line_of_plan())
            )
        try:
            yield
        finally:
            self.inlining.pop()
            self._prefix, self.items_max, self._inlined = before

    def note_result(self, value: Any, name: str, besides: tuple[Symbol, ...] = ()) -> None:
        """Remember the result of an inlined plan, for the words around it; see InlinedResult."""
        self._results.append(InlinedResult(value, name, besides))

    def name_of_result(self, value: Any) -> str | None:
        """Return the name of the inlined plan whose result is *value*."""
        return next((one.name for one in self._results if one.value is value), None)

    def besides_result(self, value: Any) -> tuple[Symbol, ...]:
        """Return what fails the inlined plan besides its result *value*."""
        return next((one.besides for one in self._results if one.value is value), ())

    def path_of(self, step: Step) -> str:
        """Return the path of a step; see ``Step.path``."""
        return self._named().path(step)

    def part_of(self, step: Step) -> str:
        """Return the public name of a step; see ``Step.part``."""
        return self._named().part(step)

    def _named(self) -> Paths:
        if self._paths is None or self._paths.count != len(self.steps):
            self._paths = Paths(self.steps)
        return self._paths


def _kind_of_item(source: Any, many: bool) -> Any:
    kind = source.m_kind if isinstance(source, Symbol) else UNKNOWN
    if kind is UNKNOWN:
        return UNKNOWN
    return (item_of(kind) or UNKNOWN) if many else without_none(kind)


def refuse_containing_itself(name: str) -> NoReturn:
    """Raise the PlanError for a plan that would have no end."""
    refuse(
        f"plan {name} contains itself",
        "a plan is finite; write the repetition with each(items, step)",
    )


_tracing: ContextVar[Trace | None] = ContextVar("maestri_tracing", default=None)


def current_trace(what: str) -> Trace:
    """Return the trace in progress; outside a plan, say what to do with *what*."""
    trace = _tracing.get()
    if trace is None:
        refuse(
            f"{what} is used outside a plan", "put it into a function decorated with @composition"
        )
    return trace


def is_tracing() -> bool:
    """Tell whether a plan is being traced."""
    return _tracing.get() is not None


@contextmanager
def tracing(trace: Trace) -> Generator[Trace]:
    """Let *trace* receive the steps of the body."""
    token = _tracing.set(trace)
    try:
        yield trace
    finally:
        _tracing.reset(token)
