"""What is refused at start: a plan that does not fit its contracts, or itself."""

from collections.abc import Iterable
from typing import Any, NoReturn

import msgspec

from maestri.contracts import Operation, left_out_field
from maestri.errors import ALWAYS_DECLARED, PlanError, Rejected
from maestri.plans.analysis import Analysis, body_of, eager_expressions, used, used_by
from maestri.plans.plan import Plan
from maestri.plans.steps import Call, Each, LeftOutParts, Optional, Quorum, Rescue, Step, Translate
from maestri.plans.symbol import Symbol, symbols_in
from maestri.plans.tracing import result_kind


def check_plan(plan: Plan[..., Any], analysis: Analysis) -> None:
    """
    Refuse a plan with an unused read, two steps of one name, a fallback that cannot work, parts
    that would be left out in silence, or more calls than its bound.

    Raises:
        PlanError: Names the line of the plan and the remedy.
    """
    _refuse_unused(plan, analysis)
    _refuse_equal_names(plan)
    _refuse_useless_absorbers(plan, analysis)
    _refuse_silent_gaps(plan, analysis)
    _refuse_misplaced_left_out(plan, analysis)
    _refuse_too_many_calls(plan, analysis)


def rejections_of(plan: Plan[..., Any]) -> dict[type[Rejected], Step]:
    """Return the business errors that can leave the plan, each with a step that raises it."""
    analysis = Analysis(plan, plan.result)
    found: dict[type[Rejected], Step] = {}
    for index in sorted(analysis.live):
        step = analysis.steps[index]
        for error in step.operation.raises if isinstance(step, Call) else ():
            for outcome in _outcomes(error, index, analysis):
                found.setdefault(outcome, step)
    return found


def check_declared(plan: Plan[..., Any], operation: Operation) -> None:
    """
    Refuse a plan that can answer an error which the operation that it serves does not declare.

    Raises:
        PlanError: Names the error, the step and the remedy.
    """
    for error, step in rejections_of(plan).items():
        if not issubclass(error, (*operation.raises, *ALWAYS_DECLARED)):
            _fail(
                step,
                f"{error.__name__} of {step.name!r} can leave plan {plan.name}, but {operation.id} does not declare it",
                f"add it to raises=[...] of {operation.id}, or handle it with rescue or translate",
            )


def calls_of(plan: Plan[..., Any], analysis: Analysis) -> int:
    """Return how many calls one run makes at most; an ``each`` without a batch is *items_max*."""
    total = 0
    for index in analysis.live:
        step = analysis.steps[index]
        if isinstance(step, Call):
            total += 1 if step.operation.batch is not None else _times(step, plan, analysis)
    return total


def _times(step: Step, plan: Plan[..., Any], analysis: Analysis) -> int:
    times, scope = 1, step.scope
    while scope:
        owner = analysis.owner[scope]
        if isinstance(owner, Each):
            times *= plan.bounds.items_max
        scope = owner.scope
    return times


def _outcomes(error: type[Rejected], index: int, analysis: Analysis) -> Iterable[type[Rejected]]:
    # Follow the failure of one step through the steps that use it; what reaches the end, leaves.
    consumers = analysis.consumers[index]
    if index not in analysis.guarded or not consumers:
        yield error
        return
    for consumer in consumers:
        step = analysis.steps[consumer]
        if isinstance(step, Each) and analysis.absorbs(consumer, index):
            continue
        if (
            isinstance(step, Rescue)
            and analysis.absorbs(consumer, index)
            and issubclass(error, tuple(step.errors))
        ):
            continue
        if isinstance(step, Translate) and analysis.absorbs(consumer, index):
            replaced = [made for kind, made in step.errors.items() if issubclass(error, kind)]
            if replaced:
                yield from _outcomes(_translated(step, replaced[0]), consumer, analysis)
                continue
        yield from _outcomes(error, consumer, analysis)


def _translated(step: Translate, made: Any) -> type[Rejected]:
    kind = made if isinstance(made, type) else result_kind(made)
    if not (isinstance(kind, type) and issubclass(kind, Rejected)):
        _fail(
            step,
            f"translate does not say what error {made!r} makes",
            "give it a Rejected class, or a function annotated with the Rejected that it returns",
        )
    return kind


def _refuse_unused(plan: Plan[..., Any], analysis: Analysis) -> None:
    for step in plan.trace.steps:
        if step.index not in analysis.live and isinstance(step, Call):
            _fail(
                step,
                f"the answer of {step.name!r} is never used",
                "remove the call, or write check(call(...)) to keep it for its refusal",
            )


def _refuse_equal_names(plan: Plan[..., Any]) -> None:
    seen: dict[tuple[int, str], Step] = {}
    for step in plan.trace.steps:
        if isinstance(step, Call):
            if (step.scope, step.name) in seen:
                _fail(
                    step,
                    f"two steps are named {step.name!r}",
                    'tell them apart: named("other_name", call(...))',
                )
            seen[step.scope, step.name] = step


def _refuse_useless_absorbers(plan: Plan[..., Any], analysis: Analysis) -> None:
    for step in plan.trace.steps:
        if step.index not in analysis.live or not isinstance(
            step, Optional | Rescue | Translate | Quorum
        ):
            continue
        for symbol in symbols_in(step.steps if isinstance(step, Quorum) else step.step):
            source = symbol.m_step
            if isinstance(source, Call) and source.index not in analysis.guarded:
                _fail(
                    step,
                    f"the step {source.name!r} is also needed where its failure is not handled",
                    "use the handled value everywhere, or call it once more under another name",
                )
        if isinstance(step, Rescue | Translate):
            _refuse_unknown_errors(step)


def _refuse_unknown_errors(step: Rescue | Translate) -> None:
    source = step.step.m_step
    if not isinstance(source, Call):
        return
    for error in step.errors:
        known = (*source.operation.raises, *ALWAYS_DECLARED)
        if (
            issubclass(error, Rejected)
            and error is not Rejected
            and not any(issubclass(k, error) for k in known)
        ):
            _fail(
                step,
                f"{source.operation.id} never answers {error.__name__}",
                f"it declares {', '.join(kind.__name__ for kind in source.operation.raises) or 'no errors'}",
            )


def _refuse_silent_gaps(plan: Plan[..., Any], analysis: Analysis) -> None:
    whole = (
        plan.result.m_step if isinstance(plan.result, Symbol) and not plan.result.m_path else None
    )
    for index in sorted(analysis.live):
        step = analysis.steps[index]
        if _reported(step, analysis):
            continue
        if isinstance(step, Optional | Quorum):
            _fail(
                step,
                f"the part {step.name!r} may be missing, and the answer does not say so",
                "give the result a field `left_out: LeftOut` and fill it with left_out()",
            )
        if isinstance(step, Call) and left_out_field(step.operation.item):
            handed_on = whole is not None and body_of(whole) is None and step.index <= whole.index
            if not handed_on:
                _fail(
                    step,
                    f"{step.operation.id} may leave parts out, and the answer does not say so",
                    "give the result a field `left_out: LeftOut` and fill it with left_out()",
                )


def _reported(step: Step, analysis: Analysis) -> bool:
    scope = step.scope
    while True:
        if any(
            isinstance(analysis.steps[i], LeftOutParts) for i in used(analysis.result_of(scope))
        ):
            return True
        if not scope:
            return False
        scope = analysis.owner[scope].scope


def _refuse_misplaced_left_out(plan: Plan[..., Any], analysis: Analysis) -> None:
    for step in plan.trace.steps:
        for index in used_by(eager_expressions(step)):
            if isinstance(analysis.steps[index], LeftOutParts):
                _fail(
                    step,
                    f"left_out() is an argument of {step.name!r}",
                    "write Result(..., left_out=left_out())",
                )
    for scope in (0, *analysis.owner):
        for struct, name in _fields_with_left_out(analysis.result_of(scope)):
            if left_out_field(struct) != name:
                step = analysis.steps[max(analysis.roots[scope], default=0)]
                _fail(
                    step,
                    f"the field {struct.__name__}.{name} is not declared as LeftOut",
                    f"declare it `{name}: LeftOut`",
                )


def _fields_with_left_out(expression: Any) -> Iterable[tuple[type[msgspec.Struct], str]]:
    if isinstance(expression, tuple):
        for item in expression:
            yield from _fields_with_left_out(item)
    if isinstance(expression, msgspec.Struct):
        for name in expression.__struct_fields__:
            value = getattr(expression, name)
            if isinstance(value, Symbol) and isinstance(value.m_step, LeftOutParts):
                yield type(expression), name
            else:
                yield from _fields_with_left_out(value)


def _refuse_too_many_calls(plan: Plan[..., Any], analysis: Analysis) -> None:
    most = plan.bounds.calls_max
    total = calls_of(plan, analysis)
    if most is not None and total > most:
        raise PlanError(
            f"plan {plan.name} may make {total} calls, its calls_max is {most}; "
            "declare a batch for what it calls in each(...), or raise the bound"
        )


def _fail(step: Step, problem: str, remedy: str) -> NoReturn:
    raise PlanError(f"{step.line}: {problem}; {remedy}")
