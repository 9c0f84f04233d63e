"""What is refused at start: a plan that does not fit its contracts, or itself."""

from collections.abc import Iterable
from typing import Any, NoReturn

import msgspec

from maestri.contracts import item_of, left_out_field
from maestri.errors import ALWAYS_DECLARED, PlanError, Rejected
from maestri.plans.analysis import Analysis
from maestri.plans.evaluation import reporter_of
from maestri.plans.plan import Plan
from maestri.plans.rejections import translated_kind
from maestri.plans.steps import (
    Call,
    Each,
    LeftOutParts,
    Optional,
    Otherwise,
    Present,
    Quorum,
    Rescue,
    Select,
    Step,
    Translate,
)
from maestri.plans.symbol import Symbol, symbols_in
from maestri.plans.uses import (
    body_of,
    eager_expressions,
    is_command,
    lazy_expressions,
    reached,
    used,
    used_by,
)


def check_plan(plan: Plan[..., Any], analysis: Analysis) -> None:
    """
    Refuse a plan that does not fit its contracts, or itself.

    That is: an unused read, two steps of one name, a fallback that cannot work, a command of which
    it is not clear when it runs, parts left out in silence, more calls than the plan's bound.

    Raises:
        PlanError: Names the line of the plan and the remedy.
    """
    _refuse_unused(plan, analysis)
    _refuse_equal_names(plan)
    _refuse_useless_absorbers(plan, analysis)
    _refuse_doubtful_commands(plan, analysis)
    _refuse_silent_gaps(plan, analysis)
    _refuse_misplaced_left_out(plan, analysis)
    _refuse_too_many_calls(plan, analysis)


def calls_of(plan: Plan[..., Any], analysis: Analysis) -> int:
    """Return how many calls one run makes at most; an ``each`` without a batch is *items_max*."""
    total = 0
    for index in analysis.live:
        step = analysis.steps[index]
        if isinstance(step, Call):
            total += 1 if analysis.is_batched(step) else _times(step, plan, analysis)
    return total


def _times(step: Step, plan: Plan[..., Any], analysis: Analysis) -> int:
    times, scope = 1, step.scope
    while scope:
        owner = analysis.owner[scope]
        if isinstance(owner, Each):
            times *= plan.bounds.items_max
        scope = owner.scope
    return times


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
    if isinstance(source, Call):
        known = (*source.operation.raises, *ALWAYS_DECLARED)
        for error in step.errors:
            if issubclass(error, Rejected) and not any(issubclass(kind, error) for kind in known):
                declared = ", ".join(kind.__name__ for kind in source.operation.raises)
                _fail(
                    step,
                    f"{source.operation.id} never answers {error.__name__}",
                    f"it declares {declared or 'no errors'}",
                )
    if isinstance(step, Translate):
        for error, made in step.errors.items():
            _refuse_wrong_translation(step, error, made)


def _refuse_wrong_translation(step: Translate, error: type[Exception], made: Any) -> None:
    kind = translated_kind(step, made)
    if not isinstance(made, type):
        return
    given = error.structure().__struct_fields__ if issubclass(error, Rejected) else ()
    missing = [name for name in kind.structure().__struct_fields__ if name not in given]
    if missing:
        _fail(
            step,
            f"{error.__name__} has no field {missing[0]!r} for {kind.__name__}",
            f"give translate a function of the error that returns a {kind.__name__}",
        )


def _refuse_doubtful_commands(plan: Plan[..., Any], analysis: Analysis) -> None:
    # Traced, `a = call(command); when(c, call(read, a.id))` looks like a command in the branch.
    always = {symbol.m_step.index for symbol in plan.trace.checks}
    for control in plan.trace.steps:
        for branch in lazy_expressions(control):
            direct = reached(used(branch), analysis.steps, through_calls=False)
            needed = reached(used(branch), analysis.steps, lambda _: ())
            for index in sorted(needed - direct - always):
                command = analysis.steps[index]
                if not is_command(command) or index in analysis.eager[command.scope]:
                    continue
                _fail(
                    command,
                    f"it is not clear whether the command {command.name!r} always runs, or only "
                    "in the branch that uses it",
                    "write check(call(...)) if it always runs; otherwise put the branch together "
                    "with then(call(...), lambda value: ...)",
                )


def _refuse_silent_gaps(plan: Plan[..., Any], analysis: Analysis) -> None:
    handed_on = _handed_on(plan.result)
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
        if isinstance(step, Call) and reporter_of(step.operation) and index not in handed_on:
            _fail(
                step,
                f"{step.operation.id} may leave parts out, and the answer does not say so",
                "give the result a field `left_out: LeftOut` and fill it with left_out()",
            )


def _handed_on(expression: Any) -> set[int]:
    # Answers that are the plan's own answer, or an item of it: they say themselves what is missing.
    found: set[int] = set()
    waiting = [expression]
    while waiting:
        one = waiting.pop()
        if isinstance(one, tuple):
            waiting.extend(one)
        if not isinstance(one, Symbol) or one.m_path:
            continue
        step = one.m_step
        if isinstance(step, Select) and left_out_field(item_of(step.shape) or step.shape) is None:
            continue
        found.add(step.index)
        body = body_of(step)
        waiting.extend(lazy_expressions(step) if body is None else (body.result,))
        if isinstance(step, Otherwise | Rescue | Translate | Select):
            waiting.append(step.step)
        if isinstance(step, Present):
            waiting.append(step.items)
    return found


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
