"""In which order steps run because of commands: everything keeps its written place around them."""

from typing import TYPE_CHECKING

from maestri.plans.steps import Call, Each, Otherwise, Rescue, Route, Step, Then, When
from maestri.plans.uses import body_of, is_command, reached, used, used_by

if TYPE_CHECKING:
    from maestri.plans.analysis import Analysis


def find_order(analysis: "Analysis", commanding: set[int]) -> dict[int, frozenset[int]]:
    """
    Return for each live step those that must have ended before it, because one of them commands.

    A command waits for everything written before it in its scope, what follows waits for it. What
    runs only in some cases is waited for at the step that decides on it.
    """
    steps = analysis.steps
    order: dict[int, frozenset[int]] = dict.fromkeys(analysis.live, frozenset())
    if not commanding:
        return order
    for index in analysis.live:
        scope = steps[index].scope
        if index in commanding:
            before = analysis.eager[scope]
        elif _acts(steps[index]):
            before = analysis.eager[scope] & commanding
        else:
            continue
        order[index] = frozenset(other for other in before if other < index)
    return order


def find_dooming(analysis: "Analysis", scope: int) -> set[int]:
    """Return the steps of a body with whose failure, a value at first, the body has failed."""
    result = used(analysis.result_of(scope)) | analysis.checked_in(scope)
    waiting = list(result)
    dooming: set[int] = set()
    while waiting:
        index = waiting.pop()
        step = analysis.steps[index]
        if index in dooming or step.scope != scope or index not in analysis.guarded:
            continue
        dooming.add(index)
        waiting.extend(i for i in analysis.uses[index] if not analysis.absorbs(index, i))
    return dooming


def find_commanding(analysis: "Analysis") -> set[int]:
    """Return the live steps that are commands, or decide on some."""
    steps = analysis.steps
    commands = {index for index in analysis.live if is_command(steps[index])}
    found = set(commands)
    if not commands:
        return found
    for index in sorted(analysis.live):
        step = steps[index]
        body = body_of(step)
        scopes = set(analysis.within(body.scope)) if body is not None else set()
        lazy = analysis.lazy(step)
        branches = reached(used_by(lazy), steps, analysis.lazy) if lazy else set()
        # Branches are written before what decides on them, so they are known by now.
        if branches & found or any(steps[i].scope in scopes for i in commands):
            found.add(index)
    return found


def _acts(step: Step) -> bool:
    return isinstance(step, Call | Each | Then | When | Route | Otherwise | Rescue)
