"""What the words are given: checked where it is written, and made steps."""

import datetime as dt
import decimal
import enum
import inspect
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, get_origin

import msgspec

from maestri.contracts import Operation, Reply, alternatives, operation_of, resolved
from maestri.errors import CallError
from maestri.plans.expressions import check_function, symbols_in
from maestri.plans.functions import refuse_impure, wrong_arguments
from maestri.plans.kinds import kind_of, result_kind, values_of
from maestri.plans.refusal import refuse
from maestri.plans.steps import Body, Input, Item, Role, steps_with_side_effects
from maestri.plans.symbol import UNKNOWN, Symbol
from maestri.plans.tracing import current_trace
from maestri.plans.words import Call, Compute, Gather

CONSTANTS = frozenset({"None", "True", "False"})


def step_of(step: Any, word: str) -> Symbol:
    """Return the symbol that a word is about; the result of an inlined plan becomes one."""
    trace = current_trace(word)
    besides = trace.besides_result(step)
    if isinstance(step, Symbol):
        return _with_besides(step) if besides else step
    if not isinstance(step, tuple | msgspec.Struct) or not symbols_in(step):
        refuse(
            f"{word}() of {step!r}, which is no step",
            "give it what call(...) or another word of the algebra returned",
        )
    return gathered(step, trace.name_of_result(step) or "")


def gathered(value: Any, name: str) -> Symbol:
    """Make one step of a value; that of an inlined plan fails whenever the plan does."""
    trace = current_trace("a value")
    step = trace.add(Gather, name, value=value, besides=trace.besides_result(value))
    return Symbol(step, kind_of(value))


def _with_besides(result: Symbol) -> Symbol:
    trace = current_trace("a value")
    whole = gathered(result, name_of(result))
    trace.note_result(whole, trace.name_of_result(result) or name_of(result))
    return whole


def items_of(items: Any, word: str) -> Symbol:
    """Return the symbol of a sequence; refuse what is none, or may be None."""
    source = step_of(tuple(items) if isinstance(items, list) else items, word)
    kind = source.m_kind
    if kind is UNKNOWN:
        return source
    if type(None) in alternatives(kind):
        refuse(f"{word}() over {source!r}, which may be None", "use otherwise(items, ()) first")
    if get_origin(resolved(kind)) not in {tuple, frozenset, list, Sequence} and kind is not tuple:
        refuse(f"{word}() over {source!r}, which is no sequence", "use then(value, step) for one")
    return source


def refuse_other_cases(key: Any, cases: Mapping[Any, Any]) -> None:
    """Refuse cases that are not those of a key of which all values are known."""
    values = values_of(key.m_kind) if isinstance(key, Symbol) else None
    if values is None:
        return
    missing = [repr(value) for value in values if all(value != case for case in cases)]
    if missing:
        refuse(f"route has no case for {', '.join(missing)}", "give each of them one")
    unknown = [repr(case) for case in cases if all(case != value for value in values)]
    if unknown:
        refuse(
            f"route has a case for {', '.join(unknown)}, which its key never is",
            f"the key is one of {', '.join(map(repr, values))}",
        )


def check_key(body: Body) -> None:
    """Refuse a key of an item that is made of anything else."""
    symbols = symbols_in(body.key)
    if body.key is not None and (not symbols or {s.m_step for s in symbols} != {body.item}):
        refuse(
            "the key of each() is not made of the item alone",
            "give it the item or fields of it: key=lambda line: line.sku",
        )


def refuse_command_without_key(body: Body, word: str) -> None:
    """Refuse a command for each item where nothing tells the items apart but their order."""
    if body.key is not None:
        return
    steps = current_trace(word).steps
    if any(steps[index].block == body.block for index in steps_with_side_effects(steps)):
        refuse(
            f"{word}() has a command, and nothing tells its items apart when they are sent again",
            f"name the key of an item: {word}(items, step, key=lambda item: item.id)",
        )


def name_of(value: Any) -> str:
    """Return what a word is named after: the field, or the step, that it is about."""
    if not isinstance(value, Symbol):
        return "constant"
    name: str = value.m_path[-1] if value.m_path else value.m_step.name
    return name


def label_of(case: Any) -> str:
    """Return how a path tells a case of ``route`` from the others, in every process alike."""
    if isinstance(case, enum.Enum):
        return f"{type(case).__name__}.{case.name}"
    if isinstance(case, str):
        return case if case.isidentifier() and case not in CONSTANTS else repr(case)
    if not (case is None or isinstance(case, bool | int | dt.date | uuid.UUID | decimal.Decimal)):
        refuse(
            f"route has the case {case!r}, a {type(case).__name__}",
            "choose by a text, a number, a member of an enum, or None",
        )
    return repr(case)


def labelled_cases(cases: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the cases of ``route`` by what tells them apart in a path."""
    labels = {label_of(case): case for case in cases}
    if len(labels) < len(cases):
        refuse("two cases of route look alike", "give one of their enums another name")
    return labels


def renamed(step: Any, name: str) -> Symbol:
    """Return *step* with another name."""
    if not isinstance(step, Symbol) or step.m_path or isinstance(step.m_step, Input | Item):
        refuse(f"named() of {step!r}, which is no step", "name the step: named(name, call(...))")
    current_trace("named").see(step)
    step.m_step.name = name
    return step


def part_name_of(source: Symbol) -> str:
    """Return the name of a part; refuse one of which nobody could say what is missing."""
    name = current_trace("a part").name_of_result(source) or name_of(source)
    if not all(part.isidentifier() for part in name.split(".")):
        refuse(
            f"a part that may be missing has no name but {name or 'that of a message'!r}",
            'name it: optional(named("price", step))',
        )
    return name


def refuse_repeated(sources: Sequence[Symbol], word: str) -> None:
    """Refuse a step that would count for several."""
    seen: set[int] = set()
    for source in sources:
        if source.m_step.index in seen:
            refuse(
                f"{word}() counts {source!r} again, whose step it has counted",
                "give it each step once; take several fields of one step afterwards",
            )
        seen.add(source.m_step.index)


def refuse_wrong_timeout(timeout_s: Any, word: str) -> None:
    """Refuse a time that is none."""
    if timeout_s is None:
        return
    if isinstance(timeout_s, bool) or not isinstance(timeout_s, int | float) or not timeout_s > 0:
        refuse(
            f"{word}() with timeout_s={timeout_s!r}",
            "give it seconds, more than none, that are known when the plan is written",
        )


def items_bound(items_max: int | None) -> int:
    """Return how many items an ``each`` takes: what is given, or the bound of its plan."""
    if items_max is None:
        return current_trace("each").items_max
    if isinstance(items_max, bool) or not isinstance(items_max, int) or items_max < 1:
        refuse(f"items_max={items_max!r}", "give it a number of at least 1")
    return items_max


def refuse_other_errors(errors: Any, word: str) -> None:
    """Refuse what is no mapping of errors that a step can fail with."""
    if not isinstance(errors, Mapping) or not errors:
        refuse(f"{word}() without errors", f"use {word}(step, {{SomeError: ...}})")
    for kind in errors:
        if not (isinstance(kind, type) and issubclass(kind, CallError)):
            refuse(
                f"{word}() of {getattr(kind, '__name__', kind)!r}, with which no step fails: "
                "what breaks in a computation is Faulted",
                "let the computation raise a Rejected of its own, and name that, or Faulted",
            )


def called(
    operation: Any, role: Role[Any] | None, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Symbol:
    """Write down a call."""
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
            "serve it with a method that forwards the stream",
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
        Call, name, operation=declared, role=role.name if role else None, arguments=arguments
    )
    reply: Any = Reply
    return Symbol(step, reply[declared.result] if declared.replies else declared.result)


def computed(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Symbol:
    """Write down a computation."""
    trace = current_trace("compute")
    if hasattr(type(function), "m_plan"):
        refuse(f"compute({function.name}) of a plan", f"inline it: {function.name}(...)")
    if operation_of(function) is not None:
        refuse(f"compute({function.__qualname__}) of an operation", "use call(operation, ...)")
    if not callable(function) or isinstance(function, Symbol):
        refuse(f"compute({function!r}) of what is no function", "use compute(function, value)")
    name = getattr(function, "__name__", type(function).__name__)
    refuse_impure(function, f"compute({name})")
    check_function(function, f"compute({name})")
    mismatch = wrong_arguments(function, args, kwargs)
    if mismatch:
        signature = inspect.signature(function)
        refuse(f"compute({name}): {mismatch}", f"its signature is {name}{signature}")
    step = trace.add(Compute, name, function=function, arguments=args, named=kwargs)
    return Symbol(step, result_kind(function))
