"""A plan function runs once with symbols; what it does is written down here."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NoReturn, TypeVar, get_type_hints

from maestri.contracts import item_of, without_none
from maestri.plans.steps import Body, Compute, Item, Step
from maestri.plans.symbol import COMPARISONS, UNKNOWN, Symbol, line_of_plan, refuse

S = TypeVar("S", bound=Step)

STEPS_MAX = 500
PLANS_NESTED_MAX = 16


class Trace:
    """The steps that a plan function made, in written order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.steps: list[Step] = []
        self.roots: list[Any] = []
        self.checks: list[Any] = []
        self.prefix = ""
        self.part_prefix = ""
        self.inlining: list[object] = []
        self._scope = 0
        self._scopes = 1

    def add(self, make: Callable[..., S], name: str, **parts: Any) -> S:
        """Write down one step in the current scope."""
        if len(self.steps) >= STEPS_MAX:
            refuse(
                f"plan {self.name} has more than {STEPS_MAX} steps",
                "split it into several operations",
            )
        step = make(
            index=len(self.steps),
            scope=self._scope,
            name=self.prefix + name,
            line=line_of_plan(),
            part=self.part_prefix + name,
            **parts,
        )
        self.steps.append(step)
        return step

    def operate(
        self, name: str, function: Callable[..., Any], arguments: tuple[Any, ...]
    ) -> Symbol:
        """Write down an operator between values."""
        step = self.add(Compute, name, function=function, arguments=arguments)
        return Symbol(step, bool if name in COMPARISONS else UNKNOWN)

    def body(self, name: str, items: Any, step: Callable[[Any], Any], *, many: bool) -> Body:
        """Trace what is done for one item, in a scope of its own."""
        kind = items.m_kind if isinstance(items, Symbol) else UNKNOWN
        if kind is not UNKNOWN:
            kind = (item_of(kind) or UNKNOWN) if many else without_none(kind)
        outer, self._scope = self._scope, self._scopes
        self._scopes += 1
        try:
            item = self.add(Item, name)
            result = step(Symbol(item, kind))
            return Body(self._scope, item, result)
        finally:
            self._scope = outer

    @contextmanager
    def inlined(self, plan: object, name: str) -> Generator[None]:
        """
        Trace another plan into this one; its steps are prefixed with its name.

        Its parts are prefixed only if *name* is not the function's, but one that was given.
        """
        if plan in self.inlining or len(self.inlining) >= PLANS_NESTED_MAX:
            refuse_containing_itself(name or self.name)
        before = self.prefix, self.part_prefix
        self.prefix = f"{self.prefix}{name}." if name else ""
        if name and name != getattr(plan, "__name__", name):
            self.part_prefix = f"{self.part_prefix}{name}."
        self.inlining.append(plan)
        try:
            yield
        finally:
            self.inlining.pop()
            self.prefix, self.part_prefix = before


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


def result_kind(function: Callable[..., Any]) -> Any:
    """Return the declared result type of a function, as far as known."""
    if isinstance(function, type):
        return function
    try:
        return get_type_hints(function, include_extras=True).get("return", UNKNOWN)
    except (NameError, TypeError):
        return UNKNOWN
