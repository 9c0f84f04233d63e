"""The plans behind the operations of a topology: listed, found by name, and drawn."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from maestri.errors import TopologyError
from maestri.topology.binding import Binding, is_local, remote_units
from maestri.topology.discovery import ComponentInfo
from maestri.topology.entries import close_to
from maestri.topology.resolved import ResolvedTopology
from maestri.topology.text_layout import fitted


class ServedPlan(NamedTuple):
    """A plan, and the operation that a component serves by it."""

    operation: str
    component: str
    plan: Any

    @property
    def calls_max(self) -> int:
        """Calls of its own, at most; those that its callees make are theirs."""
        return int(self.data["calls_max"])

    @property
    def data(self) -> dict[str, Any]:
        """The plan as plain data."""
        found: dict[str, Any] = json.loads(self.plan.explain("json"))
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """What people call it, the most exact first."""
        short = self.component.rpartition(".")[2]
        operation, plan = self.operation.rpartition(".")[2], self.plan.name
        named = (
            f"{prefix}.{name}" for prefix in (self.component, short) for name in (plan, operation)
        )
        return tuple(dict.fromkeys((self.operation, *named, plan, operation)))


def served_plans(resolved: ResolvedTopology) -> tuple[ServedPlan, ...]:
    """Return the plans that components serve, from the top level down."""
    from maestri.composition import served_operations

    return tuple(
        ServedPlan(operation, info.name, plan)
        for info in sorted(resolved.components.values(), key=_from_the_top)
        for operation, plan in served_operations(info.service).items()
    )


def find_plan(resolved: ResolvedTopology, name: str) -> ServedPlan:
    """
    Return the plan that *name* means: an operation, a plan, or one of a component.

    Raises:
        TopologyError: None is called so, or several are; names those that are near.
    """
    served = served_plans(resolved)
    wanted = name.lower()
    exact = [one for one in served if one.operation.lower() == wanted]
    found = exact or [one for one in served if wanted in map(str.lower, one.names)]
    if len(found) == 1:
        return found[0]
    if found:
        choices = ", ".join(one.operation for one in found)
        raise TopologyError(f"{name!r} may be {choices}. Name one of these.")
    by_hand = _served_by_hand(resolved, wanted)
    if by_hand:
        raise TopologyError(
            f"{by_hand} is served by code, not by a plan: there is nothing to draw."
        )
    known = dict.fromkeys(one for plan in served for one in plan.names)
    raise TopologyError(
        f"{resolved.topology.name} has no plan or operation {name!r}.{close_to(name, known)} "
        f"maestri explain {resolved.topology.name} lists them."
    )


def _served_by_hand(resolved: ResolvedTopology, wanted: str) -> str:
    return next(
        (
            operation.id
            for info in resolved.components.values()
            for contract in info.implements
            for operation in contract.operations.values()
            if operation.id.lower() == wanted
        ),
        "",
    )


def plans_as_text(resolved: ResolvedTopology, *, steps: bool = False) -> str:
    """
    Return the plans that components serve, by level; empty if there are none.

    Args:
        resolved: A sound topology.
        steps: Whether to draw each plan's steps too.
    """
    lines: list[str] = []
    component = ""
    for one in served_plans(resolved):
        if one.component != component:
            component = one.component
            lines.append(f"  {component}")
        own = one.operation.rpartition(".")[2]
        plan = "" if one.plan.name == own else f" (plan {one.plan.name})"
        lines.append(f"    {one.operation}{plan}  {_bound(one.calls_max)}")
        if steps:
            lines += [f"      {line}" for line in one.plan.explain().splitlines()]
    heading = ("Plans, and the calls that each makes itself for a request", *lines)
    return "\n".join(fitted(heading)) if lines else ""


def plan_as_text(resolved: ResolvedTopology, one: ServedPlan) -> str:
    """Return the steps of a plan, and where its calls go in this topology."""
    units = ", ".join(unit.name for unit in resolved.topology.units_of(one.component))
    lines = [f"{one.operation}  by {one.component} in {units}"]
    lines += [f"  {line}" for line in one.plan.explain().splitlines()]
    calls = list(_calls(resolved, one))
    if calls:
        lines += ["", f"Its calls in {resolved.topology.name}", *calls]
    return "\n".join(fitted(lines))


def _calls(resolved: ResolvedTopology, one: ServedPlan) -> Iterator[str]:
    bindings = resolved.bindings[one.component]
    for operation, role in dict.fromkeys(
        (call["operation"], call["role"]) for call in one.data["calls"]
    ):
        contract = operation.rpartition(".")[0]
        for binding in bindings:
            if binding.role == role or (role is None and binding.contract.contract_id == contract):
                yield f"  {operation}  {' '.join(_places(resolved, one.component, binding))}"


def _places(resolved: ResolvedTopology, component: str, binding: Binding) -> Iterator[str]:
    """Yield how calls over *binding* travel, once for each way."""
    seen: set[str] = set()
    units = resolved.topology.units_of(component)
    for unit in units:
        if is_local(unit, binding):
            place = "[local]"
        else:
            there = [one.name for one in remote_units(resolved.topology, unit, binding)]
            place = f"[http: {', '.join(there) or binding.callee}]"
        if place not in seen:
            seen.add(place)
            yield place if len(units) == 1 else f"{place} from {unit.name}"


def _from_the_top(info: ComponentInfo) -> tuple[int, str]:
    return -info.component.level, info.name


def _bound(calls: int) -> str:
    return f"at most {calls} call{'' if calls == 1 else 's'}"
