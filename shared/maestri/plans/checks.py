"""What is refused at start: a plan that does not fit its contracts, or itself."""

from collections.abc import Iterable
from typing import Any, NoReturn

import msgspec

from maestri.contracts import left_out_field
from maestri.errors import ALWAYS_DECLARED, Rejected
from maestri.plans.analysis import Analysis
from maestri.plans.expressions import symbols_in, used, used_by
from maestri.plans.plan import Plan
from maestri.plans.refusal import refuse
from maestri.plans.rejections import errors_reaching
from maestri.plans.reports import reporter_of
from maestri.plans.steps import Step, enclosing
from maestri.plans.symbol import Symbol
from maestri.plans.words import (
    Call,
    Gather,
    LeftOutParts,
    Quorum,
    Rescue,
    Select,
    Translate,
    translated_kind,
)


def check_plan(plan: Plan[..., Any], analysis: Analysis) -> None:
    """
    Refuse a plan that does not fit its contracts, or itself.

    That is: an unused read, two steps of one path, a fallback that cannot work, parts left out in
    silence or under one name.

    Raises:
        PlanError: Names the line of the plan and the remedy.
    """
    _refuse_equal_paths(plan)
    _refuse_unused(plan, analysis)
    _refuse_useless_handlers(plan, analysis)
    _refuse_impossible_errors(plan, analysis)
    _refuse_silent_gaps(plan, analysis)
    _refuse_equal_parts(analysis)
    _refuse_misplaced_left_out(plan, analysis)


def _refuse_equal_paths(plan: Plan[..., Any]) -> None:
    for step in plan.trace.steps:
        if step.path:
            break  # naming one names all, and refuses what has no path of its own


def _refuse_unused(plan: Plan[..., Any], analysis: Analysis) -> None:
    for step in plan.trace.steps:
        if step.index in analysis.liveness.live or not isinstance(step, Call):
            continue
        if step.inlined:
            refuse(
                f"the result of {step.name!r} in plan {'.'.join(step.prefix)} is never used here",
                "use all of the plan's result; where it is there only for what it does, write "
                f"check({step.prefix[0]}(...))",
                step.inlined,
            )
        _fail(
            step,
            f"the result of {step.name!r} is never used",
            "remove the call, or write check(call(...)) to keep it for its refusal",
        )


def _handlers(plan: Plan[..., Any], analysis: Analysis) -> list[Step]:
    return [
        step for step in plan.trace.steps if step.handles and step.index in analysis.liveness.live
    ]


def _refuse_useless_handlers(plan: Plan[..., Any], analysis: Analysis) -> None:
    for step in _handlers(plan, analysis):
        for symbol in symbols_in(step.eager):
            for source in _called_for(symbol.m_step):
                if source.index not in analysis.failures.handled:
                    _fail(
                        step,
                        f"the step {source.name!r} is also needed where its failure is not handled",
                        "use the handled value everywhere, or call it once more under another name",
                    )


def _called_for(source: Step) -> list[Call]:
    """Return the call that is handled; of an inlined plan that has checks, those of its result."""
    if isinstance(source, Call):
        return [source]
    if not isinstance(source, Gather) or not source.besides:
        return []
    depth = len(source.prefix)
    called = (symbol.m_step for symbol in symbols_in(source.value))
    return [one for one in called if isinstance(one, Call) and len(one.prefix) > depth]


def _refuse_impossible_errors(plan: Plan[..., Any], analysis: Analysis) -> None:
    for step in _handlers(plan, analysis):
        if not isinstance(step, Rescue | Translate):
            continue
        known = errors_reaching(step, analysis)
        for error in step.errors if known is not None else ():
            if not _may_happen(error, known or set()):
                source = step.eager[0].m_step
                name = source.operation.id if isinstance(source, Call) else source.name
                declared = ", ".join(sorted(kind.__name__ for kind in known or ()))
                _fail(
                    step,
                    f"{name} never raises {error.__name__}",
                    f"it declares {declared or 'no errors'}",
                )
        if isinstance(step, Translate):
            _refuse_wrong_translation(step)


def _may_happen(error: type[Exception], known: set[type[Rejected]]) -> bool:
    if not issubclass(error, Rejected) or error is Rejected:
        return True
    return any(issubclass(kind, error) for kind in (*known, *ALWAYS_DECLARED))


def _refuse_wrong_translation(step: Translate) -> None:
    for error, made in step.errors.items():
        kind = translated_kind(step, made)
        if not isinstance(made, type):
            continue
        given: tuple[str, ...] = ()
        if issubclass(error, Rejected) and error is not Rejected:
            given = error.structure().__struct_fields__
        missing = [
            field.name
            for field in msgspec.structs.fields(kind.structure())
            if field.required and field.name not in given
        ]
        if missing:
            _fail(
                step,
                f"{error.__name__} has no {', '.join(missing)} to make a {kind.__name__} of",
                f"give translate a function of the error that returns a {kind.__name__}",
            )


def _refuse_silent_gaps(plan: Plan[..., Any], analysis: Analysis) -> None:
    forwarded = _forwarded(plan.result)
    for index in sorted(analysis.liveness.live):
        step = analysis.liveness.steps[index]
        if _reported(step, analysis):
            continue
        if step.names_part:
            _fail(
                step,
                f"the part {step.name!r} may be missing, and the result does not say so",
                "give the result a field `left_out: LeftOut` and fill it with left_out()",
            )
        if isinstance(step, Call) and reporter_of(step.operation) and index not in forwarded:
            _fail(
                step,
                f"{step.operation.id} may leave parts out, and the result does not say so",
                "give the result a field `left_out: LeftOut` and fill it with left_out()",
            )


def _forwarded(expression: Any) -> set[int]:
    # Results that are the plan's own result, or an item of it: they say themselves what is missing.
    found: set[int] = set()
    waiting = [expression]
    while waiting:
        one = waiting.pop()
        if isinstance(one, tuple):
            waiting.extend(one)
        if not isinstance(one, Symbol) or one.m_path:
            continue
        step = one.m_step
        found.add(step.index)
        waiting.extend(body.result for body in step.bodies)
        waiting.extend(step.forwards)
    return found


def _places(analysis: Analysis) -> list[LeftOutParts]:
    steps = analysis.liveness.steps
    return [step for i in analysis.liveness.live if isinstance(step := steps[i], LeftOutParts)]


def _reports_to(step: Step, place: LeftOutParts, analysis: Analysis) -> bool:
    return any(
        one.block == place.block and one.prefix[: len(place.prefix)] == place.prefix
        for one in enclosing(step, analysis.liveness.owners)
    )


def _reported(step: Step, analysis: Analysis) -> bool:
    return any(_reports_to(step, place, analysis) for place in _places(analysis))


def _refuse_equal_parts(analysis: Analysis) -> None:
    seen: dict[str, Step] = {}
    for index in sorted(analysis.liveness.live):
        step = analysis.liveness.steps[index]
        if not step.names_part and not (
            isinstance(step, Call) and reporter_of(step.operation) is not None
        ):
            continue
        sources = [symbol.m_step for symbol in step.steps] if isinstance(step, Quorum) else [step]
        for source in sources:
            known = seen.setdefault(source.part, source)
            if known is not source and not _same_part(known, source):
                _fail(
                    source,
                    f"two parts of the result are named {source.part!r}",
                    'tell them apart: named("other_name", ...)',
                )


def _same_part(one: Step, other: Step) -> bool:
    # A call that names its own missing parts, and the optional around it, are one part.
    return _is_about(one, other) or _is_about(other, one)


def _is_about(step: Step, call: Step) -> bool:
    while step.handles or isinstance(step, Select):
        if call.index in step.uses():
            return True
        symbols = symbols_in(step.eager)
        if len(symbols) != 1:
            return False
        step = symbols[0].m_step
    return False


def _refuse_misplaced_left_out(plan: Plan[..., Any], analysis: Analysis) -> None:
    liveness = analysis.liveness
    for index in liveness.live:
        step = liveness.steps[index]
        for used_index in used_by(step.eager):
            if isinstance(liveness.steps[used_index], LeftOutParts) and not isinstance(
                step, Gather
            ):
                _fail(
                    step,
                    f"left_out() is an argument of {step.name!r}",
                    "write Result(..., left_out=left_out())",
                )
        if isinstance(step, Gather):
            _refuse_other_fields(step.value, step)
    for block in liveness.blocks:
        result = liveness.results[block]
        last = max(used(result), default=0)
        if plan.trace.steps:
            _refuse_other_fields(result, plan.trace.steps[last])


def _refuse_other_fields(expression: Any, step: Step) -> None:
    for struct, name in _fields_with_left_out(expression):
        if left_out_field(struct) != name:
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


def _fail(step: Step, problem: str, remedy: str) -> NoReturn:
    refuse(problem, remedy, step.line)
