"""What fails an inlined plan besides its result: checks, and commands whose result nobody uses."""

from typing import Any, NamedTuple

from maestri.plans.expressions import used, used_by
from maestri.plans.steps import Step, bodies_of, enclosing
from maestri.plans.symbol import UNKNOWN, Symbol
from maestri.plans.tracing import Trace
from maestri.plans.words import Gather


class Mark(NamedTuple):
    """How many steps and checks a trace had at some time."""

    steps: int
    checks: int


def besides_of(trace: Trace, before: Mark, result: Any) -> tuple[Symbol, ...]:
    """Return which steps since *before* fail the plan that made them, beside its *result*."""
    made = trace.steps[before.steps :]
    checked = {step.index for step in trace.checks[before.checks :]}
    known = used_by(one.besides for one in made if isinstance(one, Gather))
    roots = _roots(trace, made, checked, known)
    if not roots:
        return ()
    consumed = _consumed(trace, made, used(result) | roots) | used(result)
    here = [step for step in made if step.block == trace.block]
    failing = ((roots - consumed) | checked) - known
    return tuple(Symbol(step, UNKNOWN) for step in here if step.index in failing)


def _roots(trace: Trace, made: list[Step], checked: set[int], known: frozenset[int]) -> set[int]:
    """Return the steps of the block that run whoever needs their value; see ``liveness``."""
    owners = bodies_of(made)
    rooted = [step for step in made if step.index in checked or step.is_command]
    around = (one for step in rooted for one in enclosing(step, owners))
    roots = {step.index for step in around if step.block == trace.block}
    reaching = set(known)
    for step in made:
        if step.block != trace.block:
            continue
        if step.uses() & reaching:
            reaching.add(step.index)
            if step.handles:
                roots.add(step.index)
        if step.index in roots - checked:
            reaching.add(step.index)
    return roots


def _consumed(trace: Trace, made: list[Step], needed: frozenset[int]) -> set[int]:
    """Return what is used by the steps that lead to what is needed."""
    consumed: set[int] = set()
    for step in reversed(made):
        if step.block != trace.block or step.index in needed | consumed:
            consumed |= step.uses() | used_by(body.result for body in step.bodies)
    return consumed
