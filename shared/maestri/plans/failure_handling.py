"""
The words for what may fail: done without, done otherwise, told in another way.

As in ``algebra``, each pretends to return the value, writes down a step, and refuses misuse.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from maestri.errors import CallError, Rejected
from maestri.plans import words
from maestri.plans.arguments import (
    gathered,
    name_of,
    part_name_of,
    refuse_other_errors,
    refuse_repeated,
    refuse_wrong_timeout,
    step_of,
)
from maestri.plans.expressions import check_function
from maestri.plans.functions import refuse_impure
from maestri.plans.kinds import kind_of, one_kind, or_none, tuple_kind, union_kind
from maestri.plans.profiler import unobserved
from maestri.plans.refusal import refuse
from maestri.plans.symbol import Symbol
from maestri.plans.tracing import current_trace

T = TypeVar("T")
D = TypeVar("D")


@unobserved
def optional(step: T, *, timeout_s: float | None = None) -> T | None:
    """
    Do without *step* if it fails or is late: its value is then None, and its part is reported.

    Handles NotExecuted, OutcomeUnknown and Faulted; never Rejected, which is a decision.

    Args:
        step: The step, or what a few steps lead to. Its name is the public name of the part.
        timeout_s: Seconds from its first call; without it, 0.8 of the time that is left then, so
            that a result can still be built. A step in several such parts has the longest.
    """
    source = step_of(step, "optional")
    name = part_name_of(source)
    refuse_wrong_timeout(timeout_s, "optional")
    trace = current_trace("optional")
    traced = trace.add(words.Optional, name, operand=source, timeout_s=timeout_s)
    return cast(T, Symbol(traced, or_none(source.m_kind)))


@unobserved
def rescue(step: T, errors: Mapping[type[CallError], Callable[[], D]]) -> T | D:
    """
    Do what *errors* has for the error with which *step* fails; other errors are raised.

    Args:
        step: The step.
        errors: For each error class a function, such as ``lambda: None``; it runs only then.
    """
    source = step_of(step, "rescue")
    trace = current_trace("rescue")
    refuse_other_errors(errors, "rescue")
    bodies = {
        kind: trace.body(instead, "rescue", label=kind.code) for kind, instead in errors.items()
    }
    traced = trace.add(words.Rescue, name_of(source), operand=source, errors=bodies)
    kind = source.m_kind
    for body in bodies.values():
        kind = union_kind(kind, kind_of(body.result))
    return cast(T, Symbol(traced, kind))


@unobserved
def translate(
    step: T, errors: Mapping[type[CallError], type[Rejected] | Callable[[Any], Rejected]]
) -> T:
    """
    Raise another business error instead of the one with which *step* fails; others are raised.

    Args:
        step: The step.
        errors: For each error class either the class to raise, whose fields are taken over by name,
            or a function of the error that is annotated with the class it returns.
    """
    source = step_of(step, "translate")
    refuse_other_errors(errors, "translate")
    for made in errors.values():
        refuse_impure(made, "translate")
        check_function(made, "translate")
    traced = current_trace("translate").add(
        words.Translate, name_of(source), operand=source, errors=dict(errors)
    )
    return cast(T, Symbol(traced, source.m_kind))


@unobserved
def quorum(steps: Sequence[T], least: int, *, timeout_s: float | None = None) -> tuple[T, ...]:
    """
    Take those of the steps that succeed, at least *least*; the others are reported as left out.

    As ``optional``, it does without what is late or broken; a Rejected, which is a decision, is
    raised, however many have succeeded.

    Shape: n steps in, between *least* and n results out, in written order.

    Args:
        steps: Calls, written one by one, each once.
        least: Fewest results; with fewer, the first error is raised.
        timeout_s: Seconds, as for ``optional``.

    Source: Scatter-Gather (Enterprise Integration Patterns).
    """
    sources = tuple(map(_part_of_quorum, steps))
    refuse_repeated(sources, "quorum")
    refuse_wrong_timeout(timeout_s, "quorum")
    if not 0 <= least <= len(sources):
        refuse(
            f"quorum of {least} among {len(sources)} steps", "ask for at most as many as there are"
        )
    traced = current_trace("quorum").add(
        words.Quorum, "quorum", steps=sources, least=least, timeout_s=timeout_s
    )
    kinds = [source.m_kind for source in sources]
    return cast("tuple[T, ...]", Symbol(traced, tuple_kind(one_kind(kinds, "quorum"))))


def _part_of_quorum(step: Any) -> Symbol:
    """Return the symbol of a source; the result of an inlined plan is called what the plan is."""
    source = step_of(step, "quorum")
    name = part_name_of(source)
    is_result = current_trace("quorum").name_of_result(source) is not None
    return gathered(source, name) if is_result else source


@unobserved
def check(step: object) -> None:
    """Run *step* for its refusal alone: it is kept even if nobody needs its value."""
    source = step_of(step, "check")
    trace = current_trace("check")
    trace.see(source)
    trace.checks.append(source.m_step)
