"""A use case as data: a typed function, traced once with symbols."""

import copy
import functools
import inspect
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar, cast, get_type_hints, overload

import msgspec

from maestri.plans.steps import Input
from maestri.plans.symbol import UNKNOWN, Symbol, refuse
from maestri.plans.tracing import (
    Trace,
    current_trace,
    is_tracing,
    refuse_containing_itself,
    tracing,
)

P = ParamSpec("P")
T = TypeVar("T")


class Bounds(msgspec.Struct, frozen=True):
    """
    Limits of one run of a plan.

    Attributes:
        calls_max: Calls that the plan may make, counted at start: a batch is one, an ``each``
            without a batch is *items_max*. None does not count.
        items_max: Items that an ``each`` takes; more is an error, never a silent cut.
        in_flight_max: Calls at the same time; the others wait.
    """

    calls_max: int | None = None
    items_max: int = 1_000
    in_flight_max: int = 64


class Plan(Generic[P, T]):
    """
    A use case as data; made by ``composition``, run by a ``Composer``, drawn by ``explain``.

    Called inside another plan, it is inlined there. It is traced when it is defined: misuse of a
    symbol raises PlanError at import, with the line and the remedy.

    Attributes:
        name: Of the function.
        trace: The steps.
        result: Expression of the answer: symbols in messages and tuples.
        inputs: The parameters, by name.
    """

    def __init__(self, function: Callable[P, T], bounds: Bounds) -> None:
        functools.update_wrapper(self, function)
        self.name = function.__name__
        self.doc = inspect.cleandoc(function.__doc__ or "")
        self.bounds = bounds
        self._function = function
        self.signature = inspect.signature(function)
        self.trace = Trace(self.name)
        hints = get_type_hints(function, include_extras=True)
        self.result_type = hints.get("return", UNKNOWN)
        self._refuse_wrong_parameters()
        if is_tracing():
            self.trace.inlining = list(current_trace(self.name).inlining)
        with tracing(self.trace) as trace, trace.inlined(function, ""):
            self.inputs = {name: trace.add(Input, name) for name in self.signature.parameters}
            symbols = [Symbol(step, hints.get(name, UNKNOWN)) for name, step in self.inputs.items()]
            self.result: Any = self._traced(symbols)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """Inline this plan into the one that is being traced."""
        if not is_tracing():
            refuse(
                f"plan {self.name} is called",
                f"run it: `await composer.run({self.name}, ...)`, or serve({self.name})",
            )
        with current_trace(self.name).inlined(self._function, self.name):
            return self._function(*args, **kwargs)

    def renamed(self, name: str) -> "Plan[P, T]":
        """Return this plan under another name; inlined, its steps are named after it."""
        other = copy.copy(self)
        other.name = name
        return other

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return the inputs in the order of the signature, defaults filled in."""
        if not kwargs and len(args) == len(self.inputs):
            return args
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return tuple(bound.arguments.values())

    def explain(self, form: str = "text") -> str:
        """Draw the plan: ``text`` is a tree of steps, ``mermaid`` a flow chart, ``json`` data."""
        from maestri.plans.explain import explain

        return explain(self, form)

    def __repr__(self) -> str:
        return f"<plan {self.name}>"

    def _traced(self, symbols: list[Symbol]) -> Any:
        arguments = self.signature.bind_partial()
        arguments.arguments.update(zip(self.inputs, symbols, strict=True))
        function = cast("Callable[..., Any]", self._function)
        try:
            return function(*arguments.args, **arguments.kwargs)
        except NameError as unknown:
            if unknown.name == function.__name__:
                refuse_containing_itself(self.name)
            raise

    def _refuse_wrong_parameters(self) -> None:
        for name, parameter in self.signature.parameters.items():
            if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
                refuse(f"plan {self.name} has the parameter *{name}", "name each input")


@overload
def composition(function: Callable[P, T], /) -> Plan[P, T]: ...


@overload
def composition(
    *, calls_max: int | None = None, items_max: int = 1_000, in_flight_max: int = 64
) -> Callable[[Callable[P, T]], Plan[P, T]]: ...


def composition(
    function: Callable[P, T] | None = None,
    /,
    *,
    calls_max: int | None = None,
    items_max: int = 1_000,
    in_flight_max: int = 64,
) -> Plan[P, T] | Callable[[Callable[P, T]], Plan[P, T]]:
    """
    Make a plan of a typed function; it runs in memory, as parallel as the data flow allows.

    Reads run as soon as what they use is there. Commands run in written order: everything written
    before a command ends before it starts, everything written after it starts after it ended.

    Args:
        function: Traced at once, with symbols for its parameters.
        calls_max: See ``Bounds``; so are the others.
        items_max: Items that an ``each`` takes.
        in_flight_max: Calls at the same time.

    Raises:
        PlanError: A symbol is used as a value; names the line and the remedy.

    Source:
        API Composer (Richardson, Microservices Patterns); Composed Message Processor (Hohpe and
        Woolf, Enterprise Integration Patterns).
    """
    bounds = Bounds(calls_max, items_max, in_flight_max)
    if function is None:
        return lambda late: Plan(late, bounds)
    return Plan(function, bounds)
