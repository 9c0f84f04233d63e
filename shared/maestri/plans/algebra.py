"""
The words that plans are written with; those for failures are in ``failure_handling``.

Each pretends to return the value, so that type checkers see ordinary code; while a plan is traced,
each writes down a step and returns a symbol. Misuse raises PlanError with the line and the remedy.
What runs only sometimes is a function: the bodies of ``each``, ``then`` and ``when``, the cases of
``route``, what ``rescue`` and ``otherwise`` do instead. Whatever else is written runs, except for
reads that nobody needs.
"""

from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar, cast, overload

import msgspec

from maestri.contracts import Contract, Outcome, selection_of
from maestri.plans import words
from maestri.plans.arguments import (
    called,
    check_key,
    computed,
    gathered,
    items_bound,
    items_of,
    labelled_cases,
    name_of,
    refuse_command_without_key,
    refuse_other_cases,
    renamed,
    step_of,
)
from maestri.plans.expressions import symbols_in
from maestri.plans.kinds import (
    item_kind,
    kind_of,
    mapping_kind,
    may_be_none,
    not_none_kind,
    one_kind,
    or_none,
    tuple_kind,
    union_kind,
)
from maestri.plans.plan import Plan
from maestri.plans.profiler import unobserved
from maestri.plans.refusal import refuse
from maestri.plans.shape import check_shape
from maestri.plans.steps import Role
from maestri.plans.symbol import UNKNOWN, Symbol
from maestri.plans.tracing import current_trace

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
K = TypeVar("K", bound=Hashable)
C = TypeVar("C", bound=Contract)


@unobserved
def call(
    operation: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Call an operation at the dependency that has its contract."""
    return cast(T, called(operation, None, args, kwargs))


@unobserved
def at(
    role: Role[C],
    operation: Callable[Concatenate[C, P], Coroutine[Any, Any, T]],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Call an operation at the dependency in *role*, where several have the same contract."""
    return cast(T, called(operation, role, args, kwargs))


@unobserved
def then(value: A | None, step: Callable[[A], B]) -> B | None:
    """Do *step* with the value if there is one; None otherwise."""
    source = step_of(value, "then")
    trace = current_trace("then")
    name = name_of(source)
    body = trace.body(step, "then", source=source)
    traced = trace.add(words.Then, name, operand=source, body=body)
    return cast(B, Symbol(traced, or_none(kind_of(body.result))))


@unobserved
def otherwise(step: T | None, fallback: T | Callable[[], T]) -> T:
    """Use *fallback* where *step* is None: a value, or a function that runs only then."""
    source = step_of(step, "otherwise")
    trace = current_trace("otherwise")
    body = None
    if callable(fallback) and not isinstance(fallback, Symbol | msgspec.Struct):
        body = trace.body(fallback, "otherwise")
    instead = fallback if body is None else body.result
    traced = trace.add(
        words.Otherwise,
        name_of(source),
        operand=source,
        fallback=None if body is not None else fallback,
        body=body,
    )
    return cast(T, Symbol(traced, union_kind(not_none_kind(source.m_kind), kind_of(instead))))


@unobserved
def each(
    items: Sequence[A],
    step: Callable[[A], B],
    *,
    key: Callable[[A], Hashable] | None = None,
    items_max: int | None = None,
) -> tuple[B, ...]:
    """
    Do *step* for every item, all at once; a call that has a declared batch becomes one call.

    Shape: n items in, n results out, same order.

    Args:
        items: At most *items_max*; more is a BoundExceeded, before anything is sent for any.
        step: What is done for one item.
        key: What tells the items apart, whatever their order; required where *step* has a command,
            whose idempotency key is made of it. Two items of one key are Faulted, as above.
        items_max: By default that of the plan in which this is written.

    Source: Splitter (Hohpe and Woolf, Enterprise Integration Patterns).
    """
    source = items_of(items, "each")
    trace = current_trace("each")
    name = name_of(source)
    body = trace.body(step, "each", source=source, many=True, key=key)
    check_key(body)
    refuse_command_without_key(body, "each")
    traced = trace.add(
        words.Each, name, operand=source, body=body, items_max=items_bound(items_max)
    )
    return cast("tuple[B, ...]", Symbol(traced, tuple_kind(kind_of(body.result))))


@unobserved
def outcomes(
    keys: Sequence[K], step: Callable[[K], B], *, items_max: int | None = None
) -> Mapping[K, Outcome[B]]:
    """
    Do *step* for every key, and give each an outcome of its own: how a plan serves a batch.

    Shape: n keys in, an outcome for each distinct one out. A body that fails, by a ``check`` too,
    becomes the failed outcome of its key; the others are not touched.
    """
    source = items_of(keys, "outcomes")
    trace = current_trace("outcomes")
    name = name_of(source)
    body = trace.body(step, "outcomes", source=source, many=True, key=_itself)
    traced = trace.add(
        words.Outcomes, name, operand=source, body=body, items_max=items_bound(items_max)
    )
    return cast(
        "Mapping[K, Outcome[B]]", Symbol(traced, mapping_kind(source.m_kind, kind_of(body.result)))
    )


@unobserved
def when(condition: bool, step: Callable[[], T]) -> T | None:
    """Do *step* only if the condition holds; None otherwise."""
    trace = current_trace("when")
    body = trace.body(step, "when")
    name = name_of(condition)
    traced = trace.add(words.When, name, operand=condition, body=body)
    return cast(T, Symbol(traced, or_none(kind_of(body.result))))


@unobserved
def route(key: K, cases: Mapping[K, Callable[[], T]]) -> T:
    """
    Do what the case that equals *key* says, and nothing else.

    All cases have results of one type. A key whose type is a Literal or an Enum has a case for each
    of its values, and no other; of another type, a key without a case is Faulted.

    Source: Content-Based Router (Enterprise Integration Patterns).
    """
    trace = current_trace("route")
    if not cases:
        refuse("route without cases", "give it at least one")
    refuse_other_cases(key, cases)
    bodies = {
        case: trace.body(cases[case], "route", label=label)
        for label, case in labelled_cases(cases).items()
    }
    kinds = [kind_of(body.result) for body in bodies.values()]
    name = name_of(key)
    traced = trace.add(words.Route, name, operand=key, cases=bodies)
    return cast(T, Symbol(traced, one_kind(kinds, "route")))


@unobserved
def reduce(function: Callable[[Sequence[A]], T], items: Sequence[A]) -> T:
    """
    Make one value of many, with a pure function of all of them in written order.

    Source: Aggregator (Enterprise Integration Patterns); the reduce of a MapReduce.
    """
    return compute(function, tuple(items) if isinstance(items, list) else items)


@unobserved
def drop_none(items: Sequence[A | None]) -> tuple[A, ...]:
    """
    Take the items that are there: those that are not None, in their order.

    Unlike a function given to ``reduce`` it looks into no item, so that what nobody needs of them
    is not asked for.
    Source: Message Filter (Enterprise Integration Patterns).
    """
    source = items_of(items, "drop_none")
    traced = current_trace("drop_none").add(words.DropNone, name_of(source), operand=source)
    return cast("tuple[A, ...]", Symbol(traced, tuple_kind(not_none_kind(item_kind(source)))))


@unobserved
def compute(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """
    Apply a pure function: the same arguments give the same value, and nothing else happens.

    A Rejected that it raises is a refusal, as of a call; any other exception is Faulted.
    """
    return cast(T, computed(function, args, kwargs))


@overload
def select(step: None, shape: type[T]) -> None: ...


@overload
def select(step: msgspec.Struct, shape: type[T]) -> T: ...


@overload
def select(step: msgspec.Struct | None, shape: type[T]) -> T | None: ...


@overload
def select(step: Sequence[msgspec.Struct], shape: type[T]) -> T: ...


@unobserved
def select(step: Any, shape: Any) -> Any:
    """
    Ask the callee for the fields of *shape* only; what led to the others is pruned, all the way.

    Args:
        step: A call; where it may be None, so may the result.
        shape: A Message whose fields, at every depth, are fields of the result.
    """
    source = step_of(step, "select")
    if selection_of(shape) is None:
        refuse(f"select of {shape!r}", "the shape is a Message with the fields that are needed")
    if source.m_kind is not UNKNOWN:
        check_shape(source.m_kind, shape, refuse)
    trace = current_trace("select")
    traced = trace.add(words.Select, name_of(source), operand=source, shape=shape)
    return Symbol(traced, or_none(shape) if may_be_none(source.m_kind) else shape)


@unobserved
def named(name: str, step: T) -> T:
    """
    Give a step the name that records, paths and public part names use.

    Of the result of an inlined plan or a function: the name of all of it, as one part. Of a plan,
    ``named("other", plan)(...)``: the name in front of its steps' names, for a plan that is used
    twice.
    """
    if not name or not all(part.isidentifier() for part in name.split(".")):
        refuse(f"the name {name!r}", "use letters, digits, underscores and dots")
    if isinstance(step, Plan):
        if "." in name:
            refuse(f"the plan name {name!r}", "use letters, digits and underscores: no dots")
        return cast(T, step.renamed(name))
    is_result = current_trace("named").name_of_result(step) is not None
    if symbols_in(step) and (is_result or isinstance(step, tuple | msgspec.Struct)):
        return cast(T, gathered(step, name))
    return cast(T, renamed(step, name))


@unobserved
def left_out() -> tuple[str, ...]:
    """Return the public names of the parts that are missing; only for a field of the result."""
    traced = current_trace("left_out").add(words.LeftOutParts, "left_out")
    return cast("tuple[str, ...]", Symbol(traced, tuple[str, ...]))


def _itself(key: Any) -> Any:
    return key
