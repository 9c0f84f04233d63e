"""
The words that plans are written with.

Each pretends to return the value, so that type checkers see ordinary code; while a plan is traced,
each writes down a step and returns a symbol. Misuse raises PlanError with the line and the remedy.
"""

import inspect
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from types import GenericAlias
from typing import Any, Concatenate, ParamSpec, TypeVar, cast, get_origin

import msgspec

from maestri.contracts import (
    Contract,
    Operation,
    Outcome,
    alternatives,
    item_of,
    operation_of,
    resolved,
    selection_of,
    without_none,
)
from maestri.errors import Rejected
from maestri.plans import steps as made
from maestri.plans.plan import Plan
from maestri.plans.shape import check_shape
from maestri.plans.steps import Role
from maestri.plans.symbol import UNKNOWN, Symbol, refuse, symbols_in
from maestri.plans.tracing import current_trace, result_kind

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
D = TypeVar("D")
K = TypeVar("K", bound=Hashable)
C = TypeVar("C", bound=Contract)


def call(
    operation: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Call an operation at the dependency that has its contract."""
    return cast(T, _call(operation, None, args, kwargs))


def at(
    role: Role[C],
    operation: Callable[Concatenate[C, P], Coroutine[Any, Any, T]],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Call an operation at the dependency in *role*, where several have the same contract."""
    return cast(T, _call(operation, role, args, kwargs))


def optional(step: T, *, within: float | None = None) -> T | None:
    """
    Do without *step* if it fails or is late: its value is then None, and its part is reported.

    Absorbs NotExecuted, OutcomeUnknown and Faulted; never Rejected, which is an answer.

    Args:
        step: The step, or what a few steps lead to.
        within: Seconds from its first call; without it, 0.8 of the time that is left then, so that
            an answer can still be built.
    """
    source = _symbol(step, "optional")
    traced = current_trace("optional").add(made.Optional, "", step=source, within_s=within)
    return cast(T, Symbol(_called_like(traced, source), _or_none(source.m_kind)))


def then(value: A | None, step: Callable[[A], B]) -> B | None:
    """Do *step* with the value if there is one; None otherwise."""
    source = _symbol(value, "then")
    trace = current_trace("then")
    body = trace.body(f"{source.m_step.part}_present", source, step, many=False)
    traced = trace.add(made.Then, f"then_{source.m_step.part}", value=source, body=body)
    return cast(B, Symbol(traced, _or_none(_kind(body.result))))


def otherwise(step: T | None, fallback: T) -> T:
    """Use *fallback* where *step* is None; a fallback that is a step runs only then."""
    source = _symbol(step, "otherwise")
    traced = current_trace("otherwise").add(
        made.Otherwise, f"otherwise_{source.m_step.part}", step=source, fallback=fallback
    )
    return cast(
        T, Symbol(traced, without_none(source.m_kind) if source.m_kind is not UNKNOWN else UNKNOWN)
    )


def each(items: Sequence[A], step: Callable[[A], B]) -> tuple[B, ...]:
    """
    Do *step* for every item, all at once; a call that has a declared batch becomes one call.

    Shape: n items in, n results out, same order; n is at most the plan's ``items_max``.
    Source: Splitter (Hohpe and Woolf, Enterprise Integration Patterns).
    """
    source = _items(items, "each")
    trace = current_trace("each")
    body = trace.body("item", source, step, many=True)
    traced = trace.add(
        made.Each,
        f"each_{source.m_path[-1] if source.m_path else source.m_step.part}",
        items=source,
        body=body,
    )
    return cast("tuple[B, ...]", Symbol(traced, _tuple_kind(_kind(body.result))))


def outcomes(keys: Sequence[K], step: Callable[[K], B]) -> Mapping[K, Outcome[B]]:
    """
    Do *step* for every key, and answer each on its own: how a plan serves a batch.

    Shape: n keys in, an outcome for each out. A body that fails, by a ``check`` too, becomes the
    failed outcome of its key; the others are not touched.
    """
    source = _items(keys, "outcomes")
    trace = current_trace("outcomes")
    body = trace.body("key", source, step, many=True)
    traced = trace.add(made.Each, "outcomes", items=source, body=body, outcomes=True)
    return cast("Mapping[K, Outcome[B]]", Symbol(traced, UNKNOWN))


def when(condition: bool, step: T) -> T | None:
    """Run *step* only if the condition holds; None otherwise."""
    traced = current_trace("when").add(made.When, "when", condition=condition, branch=step)
    return cast(T, Symbol(traced, _or_none(_kind(step))))


def route(key: K, cases: Mapping[K, T]) -> T:
    """
    Run the step whose case equals *key*, and no other.

    A key without a case is a Faulted at run time: give a case to each.
    Source: Content-Based Router (Enterprise Integration Patterns).
    """
    if not cases:
        refuse("route without cases", "give it at least one")
    traced = current_trace("route").add(made.Route, "route", key=key, cases=dict(cases))
    return cast(T, Symbol(traced, _kind(next(iter(cases.values())))))


def reduce(function: Callable[[Sequence[A]], T], items: Sequence[A]) -> T:
    """
    Make one value of many, with a pure function of all of them in written order.

    Source: Aggregator (Enterprise Integration Patterns); the reduce of a MapReduce.
    """
    return compute(function, items)


def present(items: Sequence[A | None]) -> tuple[A, ...]:
    """
    Take the items that are there: those that are not None, in their order.

    Unlike a function given to ``reduce`` it looks into no item, so that what nobody needs of them
    is not asked for.
    Source: Message Filter (Enterprise Integration Patterns).
    """
    source = _items(items, "present")
    traced = current_trace("present").add(
        made.Present, f"present_{source.m_step.part}", items=source
    )
    kind = UNKNOWN if source.m_kind is UNKNOWN else item_of(source.m_kind) or UNKNOWN
    return cast(
        "tuple[A, ...]",
        Symbol(traced, _tuple_kind(kind if kind is UNKNOWN else without_none(kind))),
    )


def quorum(steps: Sequence[T], least: int, *, within: float | None = None) -> tuple[T, ...]:
    """
    Take those of the steps that answer, at least *least*; the others are reported as left out.

    Shape: n steps in, between *least* and n answers out, in written order.

    Args:
        steps: Calls, written one by one.
        least: Fewest answers; with fewer, the first error is raised.
        within: Seconds, as for ``optional``.

    Source: Scatter-Gather (Enterprise Integration Patterns).
    """
    sources = tuple(_symbol(step, "quorum") for step in steps)
    if not 0 <= least <= len(sources):
        refuse(
            f"quorum of {least} among {len(sources)} steps", "ask for at most as many as there are"
        )
    traced = current_trace("quorum").add(
        made.Quorum, "quorum", steps=sources, least=least, within_s=within
    )
    kind = sources[0].m_kind if sources else UNKNOWN
    return cast("tuple[T, ...]", Symbol(traced, _tuple_kind(kind)))


def compute(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Apply a pure function: the same arguments give the same value, and nothing else happens."""
    trace = current_trace("compute")
    if operation_of(function) is not None:
        refuse(f"compute({function.__qualname__}) of an operation", "use call(operation, ...)")
    if inspect.iscoroutinefunction(function):
        refuse(
            f"compute({function.__qualname__}) of what is not pure: it waits",
            "make it an operation of a contract, and use call(operation, ...)",
        )
    name = getattr(function, "__name__", type(function).__name__)
    traced = trace.add(made.Compute, name, function=function, arguments=args, named=kwargs)
    return cast(T, Symbol(traced, result_kind(function)))


def rescue(step: T, errors: Mapping[type[Exception], D]) -> T | D:
    """Use the value that *errors* has for the error with which *step* fails; others are raised."""
    source = _symbol(step, "rescue")
    traced = current_trace("rescue").add(made.Rescue, "", step=source, errors=dict(errors))
    values = list(errors.values())
    kind = source.m_kind
    if kind is not UNKNOWN and any(value is None for value in values):
        kind = _or_none(kind)
    return cast(T, Symbol(_called_like(traced, source), kind))


def translate(
    step: T, errors: Mapping[type[Exception], type[Rejected] | Callable[[Any], Rejected]]
) -> T:
    """
    Raise another business error instead of the one with which *step* fails; others are raised.

    Args:
        step: The step.
        errors: For each error class either the class to raise, whose fields are taken over by name,
            or a function of the error that is annotated with the class it returns.
    """
    source = _symbol(step, "translate")
    traced = current_trace("translate").add(made.Translate, "", step=source, errors=dict(errors))
    return cast(T, Symbol(_called_like(traced, source), source.m_kind))


def check(step: object) -> None:
    """Run *step* for its refusal alone: it is kept even if nobody needs its value."""
    source = _symbol(step, "check")
    trace = current_trace("check")
    trace.roots.append(source)
    trace.checks.append(source)


def select(step: Any, shape: type[T]) -> T:
    """
    Ask the callee for the fields of *shape* only; what led to the others is pruned, all the way.

    Args:
        step: A call.
        shape: A Message whose fields, at every depth, are fields of the answer.
    """
    source = _symbol(step, "select")
    if selection_of(shape) is None:
        refuse(f"select of {shape!r}", "the shape is a Message with the fields that are needed")
    if source.m_kind is not UNKNOWN:
        check_shape(source.m_kind, shape, refuse)
    traced = current_trace("select").add(made.Select, "", step=source, shape=shape)
    return cast(T, Symbol(_called_like(traced, source), shape))


def named(name: str, step: T) -> T:
    """
    Give a step the name that records and public part names use.

    Of a plan, ``named("other", plan)(...)``: the name in front of its steps' names, for a plan that
    is used twice.
    """
    if not name or not all(part.isidentifier() for part in name.split(".")):
        refuse(f"the name {name!r}", "use letters, digits, underscores and dots")
    if isinstance(step, Plan):
        return cast(T, step.renamed(name))
    trace = current_trace("named")
    if not isinstance(step, Symbol) or step.m_path:
        refuse(f"named() of {step!r}, which is no step", "name the step: named(name, call(...))")
    step.m_step.name = trace.prefix + name
    step.m_step.part = trace.part_prefix + name
    return step


def left_out() -> tuple[str, ...]:
    """Return the public names of the parts that are missing; only for a field of the result."""
    traced = current_trace("left_out").add(made.LeftOutParts, "left_out")
    return cast("tuple[str, ...]", Symbol(traced, tuple[str, ...]))


def _call(
    operation: Any, role: Role[Any] | None, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Symbol:
    trace = current_trace("call")
    declared: Operation | None = operation_of(operation)
    if declared is None:
        refuse(
            f"call({getattr(operation, '__qualname__', operation)!r}) of what is no operation",
            "name a method of a contract, such as Catalog.product; "
            "for pure work use compute(function, ...)",
        )
    if declared.streams:
        refuse(
            f"call of {declared.id}, which streams",
            "serve it with a method that hands the stream on",
        )
    if role is not None and not issubclass(role.contract, declared.contract):
        refuse(
            f"{declared.id} at {role!r}, which has another contract",
            f"use a Role({declared.contract.__name__}, ...)",
        )
    try:
        arguments = declared.bind(args, kwargs)
    except TypeError as mismatch:
        refuse(str(mismatch), "give the arguments of the operation's signature")
    name = declared.name if role is None else f"{declared.name}.{role.name}"
    step = trace.add(
        made.Call, name, operation=declared, role=role.name if role else None, arguments=arguments
    )
    if not declared.safe:
        trace.roots.append(Symbol(step, declared.result))
    return Symbol(step, declared.result)


def _called_like(step: made.Step, source: Symbol) -> made.Step:
    step.name, step.part = source.m_step.name, source.m_step.part
    return step


def _symbol(step: Any, word: str) -> Symbol:
    trace = current_trace(word)
    if isinstance(step, Symbol):
        return step
    if not isinstance(step, tuple | msgspec.Struct) or not symbols_in(step):
        refuse(
            f"{word}() of {step!r}, which is no step",
            "give it what call(...) or another word of the algebra returned",
        )
    # A plan that was inlined, say, answers a message that holds symbols.
    traced = trace.add(made.Compute, "gathered", function=_gathered, arguments=(step,))
    return Symbol(traced, _kind(step))


def _items(items: Any, word: str) -> Symbol:
    source = _symbol(items, word)
    kind = source.m_kind
    if kind is UNKNOWN:
        return source
    if type(None) in alternatives(kind):
        refuse(f"{word}() over {source!r}, which may be None", "use otherwise(items, ()) first")
    if get_origin(resolved(kind)) not in {tuple, frozenset, list, Sequence}:
        refuse(f"{word}() over {source!r}, which is no sequence", "use then(value, step) for one")
    return source


def _gathered(items: Any) -> Any:
    return items


def _tuple_kind(kind: Any) -> Any:
    return UNKNOWN if kind is UNKNOWN else GenericAlias(tuple, (kind, ...))


def _kind(value: Any) -> Any:
    if isinstance(value, Symbol):
        return value.m_kind
    if isinstance(value, tuple):
        kinds = [_kind(item) for item in value]
        alike = kinds and UNKNOWN not in kinds and all(kind == kinds[0] for kind in kinds)
        return _tuple_kind(kinds[0]) if alike else UNKNOWN
    return UNKNOWN if value is None else type(value)


def _or_none(kind: Any) -> Any:
    return kind if kind is UNKNOWN or type(None) in alternatives(kind) else kind | None
