"""Which business errors can leave a plan: each is followed through the steps that handle it."""

from typing import Any

from maestri.contracts import Operation
from maestri.errors import ALWAYS_DECLARED, PlanError, Rejected
from maestri.plans.analysis import Analysis, analysis_of
from maestri.plans.plan import Plan
from maestri.plans.steps import Step
from maestri.plans.words import Call, Compute


def rejections_of(plan: Plan[..., Any]) -> dict[type[Rejected], Step]:
    """Return the business errors that can leave the plan, each with a step that raises it."""
    analysis = analysis_of(plan)
    found: dict[type[Rejected], Step] = {}
    for index in sorted(analysis.liveness.live):
        step = analysis.liveness.steps[index]
        if isinstance(step, Call):
            for error in _leaving(step, analysis):
                found.setdefault(error, step)
    return found


def check_served(plan: Plan[..., Any], operation: Operation) -> None:
    """
    Refuse a plan that cannot serve the operation.

    That is: other inputs than the operation's, errors that it does not declare, a command where the
    operation promises that calling it, or calling it again, changes nothing.

    Raises:
        PlanError: Names the input, or the step, and the remedy.
    """
    expected = [parameter.name for parameter in operation.parameters]
    if list(plan.inputs) != expected:
        raise PlanError(
            f"plan {plan.name} takes ({', '.join(plan.inputs)}), {operation.id} takes "
            f"({', '.join(expected)}); give the plan the operation's parameters, in their order"
        )
    _check_effects(plan, operation)
    for error, step in rejections_of(plan).items():
        if error not in {*operation.raises, *ALWAYS_DECLARED}:
            raise PlanError(
                f"{step.line}: {error.__name__} of {step.name!r} can leave plan {plan.name}, but "
                f"{operation.id} does not declare it; add it to raises=[...] of {operation.id}, "
                "or handle it with rescue or translate"
            )


def _check_effects(plan: Plan[..., Any], operation: Operation) -> None:
    for index in sorted(analysis_of(plan).order.with_side_effects):
        step = plan.trace.steps[index]
        if not isinstance(step, Call):
            continue
        if operation.safe:
            raise PlanError(
                f"{step.line}: {operation.id} only reads, so links repeat it and callers share its "
                f"response, but plan {plan.name} sends the command {step.operation.id}; declare "
                f"{operation.id} as @post or @put"
            )
        if operation.idempotent and not step.operation.idempotent:
            raise PlanError(
                f"{step.line}: {operation.id} is idempotent, so links repeat it, but plan "
                f"{plan.name} sends {step.operation.id}, which is not; declare {operation.id} as "
                f"@post, or {step.operation.id} as idempotent=True"
            )


def errors_reaching(step: Step, analysis: Analysis) -> set[type[Rejected]] | None:
    """Return the business errors with which what *step* handles can fail; None if unknown."""
    found: set[type[Rejected]] = set()
    liveness = analysis.liveness
    if any(_computes(index, analysis, set()) for index in liveness.uses[step.index]):
        return None  # a function does not tell what it raises
    for index in liveness.live:
        call = liveness.steps[index]
        if not isinstance(call, Call):
            continue
        for error, at in _followed(call, analysis):
            if (
                step.index in (analysis.failures.users(at) or ())
                and at in liveness.uses[step.index]
            ):
                found.add(error)
    return found


def _computes(index: int, analysis: Analysis, seen: set[int]) -> bool:
    if index in seen:
        return False
    seen.add(index)
    step = analysis.liveness.steps[index]
    if isinstance(step, Compute) and not _is_operator(step):
        return True
    inner = [i for body in step.bodies for i in analysis.liveness.in_block(body.block)]
    return any(_computes(i, analysis, seen) for i in (*analysis.liveness.uses[index], *inner))


def _is_operator(step: Compute) -> bool:
    return getattr(step.function, "__module__", "") in {"_operator", "operator"}


def _leaving(call: Call, analysis: Analysis) -> list[type[Rejected]]:
    return [
        error
        for error, index in _followed(call, analysis)
        if index not in analysis.failures.handled
    ]


def _followed(call: Call, analysis: Analysis) -> list[tuple[type[Rejected], int]]:
    """Return each error of a call with each step that it makes fail."""
    found = [(error, call.index) for error in call.operation.raises]
    seen = set(found)
    for error, index in found:
        if index not in analysis.failures.handled:
            continue
        for consumer in analysis.failures.users(index) or ():
            passed_on = _handled(error, index, analysis.liveness.steps[consumer], analysis)
            if passed_on is not None and (passed_on, consumer) not in seen:
                seen.add((passed_on, consumer))
                found.append((passed_on, consumer))
    return found


def _handled(
    error: type[Rejected], index: int, step: Step, analysis: Analysis
) -> type[Rejected] | None:
    if not analysis.failures.handles(step.index, index):
        return error
    return step.failing_with(error)
