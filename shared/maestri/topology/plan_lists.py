"""Lists the plans behind the operations of a topology, and how many calls each makes itself."""

import json
from collections.abc import Iterator
from typing import Any

from maestri.topology.discovery import ComponentInfo
from maestri.topology.resolved import ResolvedTopology


def plans_as_text(resolved: ResolvedTopology, *, steps: bool = False) -> str:
    """
    Return the plans that components serve, by level; empty if there are none.

    Args:
        resolved: A sound topology.
        steps: Whether to draw each plan's steps too.
    """
    from maestri.composition import served_operations

    lines: list[str] = []
    for info in sorted(resolved.components.values(), key=_from_the_top):
        for operation, plan in served_operations(info.service).items():
            lines += _lines(info.name, operation, plan, steps)
    return "\n".join(["Plans", *lines]) if lines else ""


def _from_the_top(info: ComponentInfo) -> tuple[int, str]:
    return -info.component.level, info.name


def _lines(component: str, operation: str, plan: Any, steps: bool) -> Iterator[str]:
    calls = json.loads(plan.explain("json"))["calls_max"]
    # What its callees call is bounded by their plans, listed below.
    bound = f"at most {calls} call{'' if calls == 1 else 's'} of its own"
    yield f"  {operation}  by {component}, plan {plan.name}: {bound} per request"
    if steps:
        yield from (f"      {line}" for line in plan.explain().splitlines())
