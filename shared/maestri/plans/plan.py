"""A use case as data: a typed function, traced once with symbols."""

import copy
import functools
import inspect
import operator
import pickle
import sys
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any, ClassVar, Generic, ParamSpec, TypeVar, cast, overload

import msgspec

from maestri.contracts import check_sendable
from maestri.errors import ContractError, hints_of
from maestri.plans.analysis import Analysis
from maestri.plans.besides import Mark, besides_of
from maestri.plans.definition import content_hash, definition_of
from maestri.plans.expressions import check_expression
from maestri.plans.functions import refuse_not_plain
from maestri.plans.profiler import unobserved
from maestri.plans.refusal import Where, none_swallowed, refuse
from maestri.plans.source import source_read
from maestri.plans.steps import Input
from maestri.plans.symbol import UNKNOWN, Symbol
from maestri.plans.tracing import (
    Trace,
    current_trace,
    is_tracing,
    refuse_containing_itself,
    tracing,
)
from maestri.plans.words import Gather

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Bounds(msgspec.Struct, frozen=True):
    """
    Limits of one run of a plan.

    Attributes:
        calls_max: Calls that a run makes, a batch is one. Checked at start, where an ``each``
            counts as its *items_max*, and again while running; of an inlined plan at start alone.
            None does not count.
        items_max: Items that an ``each`` written in this plan takes, wherever it is inlined; more
            is a BoundExceeded, never a silent cut.
        in_flight_max: Calls at the same time; the others wait. It is that of the plan that is run;
            inlined plans have none of their own.
    """

    calls_max: int | None = None
    items_max: int = 1_000
    in_flight_max: int = 64


class Plan(Generic[P, T_co]):
    """
    A use case as data; made by ``composition``, run by a ``Composer``, drawn by ``explain``.

    Called inside another plan, it is inlined there. It is traced when it is defined: misuse of a
    symbol raises PlanError at import, with the line and the remedy.

    Attributes:
        name: Of the function.
        line: File and line of it.
        trace: The steps.
        result: Expression of its result: symbols in messages and tuples.
        inputs: The parameters, by name.
        analysis: What follows from the trace, once somebody asked for it.
    """

    m_plan: ClassVar[bool] = True

    def __init__(self, function: Callable[P, T_co], bounds: Bounds) -> None:
        _refuse_no_function(function)
        functools.update_wrapper(self, function)
        self.name = function.__name__
        self.doc = inspect.cleandoc(function.__doc__ or "")
        self.bounds = bounds
        self._function = function
        self.line = f"{function.__code__.co_filename}:{function.__code__.co_firstlineno}"
        self.analysis: Analysis | None = None
        _refuse_wrong_bounds(self.name, bounds)
        refuse_not_plain(function, f"plan {self.name}", self.line)
        self.signature = inspect.signature(function)
        self.trace = Trace(self.name, bounds.items_max)
        hints = self._hints(function)
        self.result_type = hints.get("return", UNKNOWN)
        self._refuse_wrong_parameters(hints)
        if is_tracing():
            self.trace.inlining = list(current_trace(self.name).inlining)
        with source_read(self.trace.observation), none_swallowed():
            self._trace(hints)

    def _hints(self, function: Callable[..., Any]) -> dict[str, Any]:
        try:
            return hints_of(function, f"plan {self.name}")
        except ContractError as unknown:
            problem, _, remedy = str(unknown).partition("; ")
            refuse(problem, remedy, self.line)

    def _trace(self, hints: dict[str, Any]) -> None:
        with (
            tracing(self.trace) as trace,
            trace.inlined(self._function, "", self.bounds.items_max),
        ):
            self.inputs = {name: trace.add(Input, name) for name in self.signature.parameters}
            symbols = [Symbol(step, hints.get(name, UNKNOWN)) for name, step in self.inputs.items()]
            self.result: Any = self._traced(symbols)
            check_expression(
                self.result,
                lambda symbol: trace.see(symbol, self.line),
                Where(f"the result of plan {self.name}", self.line),
            )

    @unobserved
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T_co:
        """Inline this plan into the one that is being traced."""
        if not is_tracing():
            refuse(
                f"plan {self.name} is called",
                f"run it: `await composer.run({self.name}, ...)`, or serve({self.name})",
            )
        trace = current_trace(self.name)
        bounds = self.bounds
        before = Mark(len(trace.steps), len(trace.checks))
        with trace.inlined(self._function, self.name, bounds.items_max, bounds.calls_max):
            result: Any = _as_its_own(trace.observation.enter(self._function, *args, **kwargs))
        besides = besides_of(trace, before, result)
        if result is None and besides:
            # What returns nothing is there for what fails it, and is handled as a step of its own.
            step = trace.add(Gather, self.name, value=None, besides=besides)
            result, besides = Symbol(step, type(None)), ()
        trace.note_result(result, self.name, besides)
        return cast(T_co, result)

    def renamed(self, name: str) -> "Plan[P, T_co]":
        """Return this plan under another name; inlined, its steps are named after it."""
        other: Plan[P, T_co] = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.name = name
        return other

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return the inputs in the order of the signature, defaults filled in."""
        if not kwargs and len(args) == len(self.inputs):
            return args
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as mismatch:
            raise TypeError(f"plan {self.name}({', '.join(self.inputs)}): {mismatch}") from None
        bound.apply_defaults()
        return tuple(bound.arguments.values())

    def explain(self, form: str = "text") -> str:
        """Draw the plan: ``text`` is a tree of steps, ``mermaid`` a flow chart, ``json`` data."""
        from maestri.plans.explain import explain

        return explain(self, form)

    def definition(self) -> dict[str, Any]:
        """Return the canonical form of the plan, as plain data."""
        return definition_of(self)

    def content_hash(self) -> str:
        """Return 32 hex digits that are equal for plans that do the same."""
        return content_hash(self)

    def __repr__(self) -> str:
        return f"<plan {self.name}>"

    def __copy__(self) -> "Plan[P, T_co]":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Plan[P, T_co]":
        return self  # a plan never changes

    def __reduce__(self) -> str:
        # Like a function: by the name under which its module has it.
        qualified: str = vars(self)["__qualname__"]
        try:
            found = operator.attrgetter(qualified)(sys.modules[self.__module__])
        except (AttributeError, KeyError):
            found = None
        if found is not self:
            raise pickle.PicklingError(
                f"plan {self.name} is not found as {self.__module__}.{qualified}; "
                "define it in a module, under its own name"
            )
        return qualified

    def _traced(self, symbols: list[Symbol]) -> Any:
        arguments = self.signature.bind_partial()
        arguments.arguments.update(zip(self.inputs, symbols, strict=True))
        function = cast("Callable[..., Any]", self._function)
        try:
            return self.trace.observation.enter(function, *arguments.args, **arguments.kwargs)
        except NameError as unknown:
            if unknown.name == function.__name__:
                refuse_containing_itself(self.name)
            raise

    def _refuse_wrong_parameters(self, hints: dict[str, Any]) -> None:
        for name, parameter in self.signature.parameters.items():
            if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
                refuse(f"plan {self.name} has the parameter *{name}", "name each input", self.line)
            if hints.get(name, UNKNOWN) is UNKNOWN:
                continue
            try:
                check_sendable(hints[name], f"plan {self.name}, parameter {name!r}")
            except ContractError as mutable:
                problem, _, remedy = str(mutable).partition("; ")
                refuse(problem, remedy or "give the parameter another type", self.line)
            if parameter.default is not parameter.empty:
                self._refuse_wrong_default(name, parameter.default, hints[name])

    def _refuse_wrong_default(self, name: str, default: Any, kind: Any) -> None:
        what = f"plan {self.name}, parameter {name!r}: the default {default!r}"
        if isinstance(default, list | set | dict | bytearray):
            refuse(f"{what} may change", "use a tuple, a frozenset or a Message", self.line)
        try:
            msgspec.convert(default, kind, strict=True, from_attributes=True)
        except msgspec.ValidationError as mismatch:
            refuse(f"{what} has another type: {mismatch}", "give it one of its type", self.line)


def _refuse_no_function(function: Any) -> None:
    if not isinstance(function, FunctionType | MethodType):
        refuse(
            f"composition() of {function!r}, which is no function",
            "decorate a `def`: @composition, or @composition(calls_max=...)",
        )
    if not function.__name__.isidentifier():
        refuse(
            "composition() of a lambda, which has no name for records, keys and parts",
            "write it as a `def`",
        )


def _as_its_own(result: Any) -> Any:
    """Return the result of an inlined plan apart: what fails it fails nobody who has the same."""
    if isinstance(result, Symbol):
        return Symbol(result.m_step, result.m_kind, result.m_path)
    if isinstance(result, msgspec.Struct):
        return copy.copy(result)
    return (*result,) if type(result) is tuple else result


def _refuse_wrong_bounds(name: str, bounds: Bounds) -> None:
    least = {"calls_max": 0, "items_max": 1, "in_flight_max": 1}
    for bound, smallest in least.items():
        value = getattr(bounds, bound)
        if bound == "calls_max" and value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < smallest:
            refuse(f"plan {name} has {bound}={value!r}", f"give it a number of at least {smallest}")


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
