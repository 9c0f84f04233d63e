"""In which order steps run because of commands: everything keeps its written place around them."""

from typing import TYPE_CHECKING

from maestri.plans.steps import Call, Each, Otherwise, Rescue, Route, Step, Then, When
from maestri.plans.uses import body_of, is_command, reached, used_by

if TYPE_CHECKING:
    from maestri.plans.analysis import Analysis


def find_order(analysis: "Analysis") -> dict[int, frozenset[int]]:
    """
    Return for each live step those that must have ended before it, because one of them commands.

    What runs only in some cases is waited for at the step that decides on it.
    """
    steps = analysis.steps
    commanding = _find_commanding(analysis)
    order: dict[int, frozenset[int]] = dict.fromkeys(analysis.live, frozenset())
    if not commanding:
        return order
    acting = sorted(index for index in analysis.live if _acts(steps[index]))
    for index in acting:
        order[index] = frozenset(
            other
            for other in acting
            if other < index
            and steps[other].scope == steps[index].scope
            and (other in commanding or index in commanding)
            and other in analysis.eager[steps[other].scope]
        )
    return order


def _find_commanding(analysis: "Analysis") -> set[int]:
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
