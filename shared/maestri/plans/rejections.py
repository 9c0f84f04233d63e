"""Which business errors can leave a plan: each is followed through the steps that handle it."""

from typing import Any

from maestri.contracts import Operation
from maestri.errors import ALWAYS_DECLARED, PlanError, Rejected
from maestri.plans.analysis import Analysis
from maestri.plans.plan import Plan
from maestri.plans.steps import Call, Each, Rescue, Step, Translate
from maestri.plans.tracing import result_kind


def rejections_of(plan: Plan[..., Any]) -> dict[type[Rejected], Step]:
    """Return the business errors that can leave the plan, each with a step that raises it."""
    analysis = Analysis(plan, plan.result)
    found: dict[type[Rejected], Step] = {}
    for index in sorted(analysis.live):
        step = analysis.steps[index]
        if isinstance(step, Call):
            for error in _leaving(step, analysis):
                found.setdefault(error, step)
    return found


def check_served(plan: Plan[..., Any], operation: Operation) -> None:
    """
    Refuse a plan that has other inputs than the operation that it serves, or undeclared errors.

    Raises:
        PlanError: Names the input, or the error and its step, and the remedy.
    """
    expected = [parameter.name for parameter in operation.parameters]
    if list(plan.inputs) != expected:
        raise PlanError(
            f"plan {plan.name} takes ({', '.join(plan.inputs)}), {operation.id} takes "
            f"({', '.join(expected)}); give the plan the operation's parameters, in their order"
        )
    for error, step in rejections_of(plan).items():
        if not issubclass(error, (*operation.raises, *ALWAYS_DECLARED)):
            raise PlanError(
                f"{step.line}: {error.__name__} of {step.name!r} can leave plan {plan.name}, but "
                f"{operation.id} does not declare it; add it to raises=[...] of {operation.id}, "
                "or handle it with rescue or translate"
            )


def translated_kind(step: Translate, made: Any) -> type[Rejected]:
    """
    Return the class of the error that a translation makes.

    Raises:
        PlanError: It is not said.
    """
    kind = made if isinstance(made, type) else result_kind(made)
    if not (isinstance(kind, type) and issubclass(kind, Rejected)):
        raise PlanError(
            f"{step.line}: translate does not say what error {made!r} makes; give it a Rejected "
            "class, or a function annotated with the Rejected that it returns"
        )
    return kind


def _leaving(call: Call, analysis: Analysis) -> list[type[Rejected]]:
    # Follow each failure through the steps that use it; what reaches the end, leaves.
    leaving: list[type[Rejected]] = []
    waiting = [(error, call.index) for error in call.operation.raises]
    seen = set(waiting)
    while waiting:
        error, index = waiting.pop(0)
        if index not in analysis.guarded:
            leaving.append(error)
            continue
        for consumer in sorted(analysis.consumers[index]):
            handed_on = _handled(error, index, analysis.steps[consumer], analysis)
            if handed_on is not None and (handed_on, consumer) not in seen:
                seen.add((handed_on, consumer))
                waiting.append((handed_on, consumer))
    return leaving


def _handled(
    error: type[Rejected], index: int, step: Step, analysis: Analysis
) -> type[Rejected] | None:
    if not analysis.absorbs(step.index, index):
        return error
    match step:
        case Each():
            return None
        case Rescue() if issubclass(error, tuple(step.errors)):
            return None
        case Translate():
            made = (made for kind, made in step.errors.items() if issubclass(error, kind))
            replacement = next(made, None)
            return error if replacement is None else translated_kind(step, replacement)
        case _:
            return error
