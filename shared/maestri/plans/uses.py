"""Which steps a step uses: before it can run, only in some cases, or in its body."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from maestri.plans.steps import (
    Body,
    Call,
    Compute,
    Each,
    Optional,
    Otherwise,
    Present,
    Quorum,
    Rescue,
    Route,
    Select,
    Step,
    Then,
    Translate,
    When,
)
from maestri.plans.symbol import symbols_in


def eager_expressions(step: Step) -> tuple[Any, ...]:
    """Return the expressions that must have a value before *step* can run; bodies apart."""
    match step:
        case Call():
            return step.arguments
        case Compute():
            return (*step.arguments, *step.named.values())
        case Each() | Present():
            return (step.items,)
        case Then():
            return (step.value,)
        case When():
            return (step.condition,)
        case Route():
            return (step.key,)
        case Quorum():
            return step.steps
        case Optional() | Otherwise() | Rescue() | Translate() | Select():
            return (step.step,)
        case _:
            return ()


def lazy_expressions(step: Step) -> tuple[Any, ...]:
    """Return the expressions that *step* evaluates only in some cases."""
    match step:
        case When():
            return (step.branch,)
        case Route():
            return tuple(step.cases.values())
        case Otherwise():
            return (step.fallback,)
        case Rescue():
            return tuple(step.errors.values())
        case _:
            return ()


def body_of(step: Step) -> Body | None:
    """Return the body of ``each`` or ``then``."""
    return step.body if isinstance(step, Each | Then) else None


def is_command(step: Step) -> bool:
    """Tell whether *step* calls an operation that may change something."""
    return isinstance(step, Call) and not step.operation.safe


def used(expression: Any) -> frozenset[int]:
    """Return the indices of the steps that an expression uses."""
    return frozenset(symbol.m_step.index for symbol in symbols_in(expression))


def used_by(expressions: Iterable[Any]) -> frozenset[int]:
    """Return the indices of the steps that the expressions use."""
    return frozenset().union(*map(used, expressions))


def reached(
    start: Iterable[int],
    steps: Sequence[Step],
    lazy: Callable[[Step], tuple[Any, ...]] = lazy_expressions,
    *,
    through_calls: bool = True,
) -> set[int]:
    """Return the steps that *start* uses, directly or not; bodies apart."""
    found: set[int] = set()
    waiting = list(start)
    while waiting:
        index = waiting.pop()
        if index not in found:
            found.add(index)
            step = steps[index]
            if through_calls or not isinstance(step, Call | Compute):
                waiting.extend(used_by(eager_expressions(step)) | used_by(lazy(step)))
    return found


def commands_in(expression: Any, steps: Sequence[Step]) -> set[int]:
    """Return the commands that an expression leads to, in bodies too."""
    commands = [step for step in steps if is_command(step)]
    if not commands:
        return set()
    found = reached(used(expression), steps)
    owners = {body.scope: step for step in steps if (body := body_of(step)) is not None}
    return {command.index for command in commands if _is_within(command, found, owners)}


def _is_within(step: Step, found: set[int], owners: Mapping[int, Step]) -> bool:
    while step.index not in found:
        if not step.scope:
            return False
        step = owners[step.scope]
    return True
