"""Draws a topology: as text for a terminal, as a Mermaid flow chart, as plain data."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from maestri.topology.plan_lists import ServedPlan
from maestri.topology.text_layout import fitted
from maestri.topology.topology_view import Connection, PlacedUnit, TopologyView


def as_text(view: TopologyView) -> str:
    """Return what runs where, what clients reach, and who calls whom, level by level."""
    return "\n".join(fitted(_text(view)))


def as_mermaid(view: TopologyView) -> str:
    """Return a flow chart: units are boxes around components, dotted arrows stay in the process."""
    return "\n".join(_mermaid(view))


def as_data(view: TopologyView, plans: Iterable[ServedPlan] = ()) -> dict[str, Any]:
    """Return everything as plain data."""
    listed = [
        {
            "operation": one.operation,
            "component": one.component,
            "plan": one.plan.name,
            "calls_max": one.calls_max,
        }
        for one in plans
    ]
    return {**msgspec.to_builtins(view), "plans": listed}


def _text(view: TopologyView) -> Iterator[str]:
    yield f"{view.name}: {view.title}"
    yield ""
    yield "Clients reach"
    width = max((len(name) for name in view.hops), default=0)
    for unit in view.units:
        for name, urls in unit.exposes.items():
            hops = view.hops[name]
            cost = f"({_count(hops, 'network call')} in the longest chain)"
            yield f"  {name:<{width}}  {'  '.join(urls)}  {cost}"
    processes = sum(len(unit.addresses) for unit in view.units)
    yield ""
    yield f"Units: {len(view.units)}, processes: {processes}"
    for unit in view.units:
        yield from _unit_text(unit)
    for name, address in view.external.items():
        yield f"  {name}  {address}  (a third party's)"
    for level in sorted({one.level for one in view.components}, reverse=True):
        yield ""
        yield f"Level {level}"
        for one in view.components:
            if one.level == level:
                database = ", with a database" if one.database else ""
                yield f"  {one.name}  (cell {one.cell}{database})"
                yield from _calls(view, one.name)


def _unit_text(unit: PlacedUnit) -> Iterator[str]:
    yield f"  {unit.name}  {'  '.join(unit.addresses)}"
    for name in unit.components:
        called = "  <- other units" if name in unit.serves else ""
        exposed = "  <- clients" if name in unit.exposes else ""
        yield f"    {name}{exposed}{called}"


def _calls(view: TopologyView, component: str) -> Iterator[str]:
    options: dict[tuple[str, str], list[Connection]] = {}
    for one in view.connections:
        if one.caller == component:
            options.setdefault((one.role, one.callee), []).append(one)
    for (role, callee), connections in options.items():
        target = callee if callee.rpartition(".")[2] == role else f"{callee} as {role}"
        yield f"    -> {target}  {_link(connections)}"


def _link(connections: list[Connection]) -> str:
    kinds = {(one.link, one.to_units) for one in connections}
    if len(kinds) == 1:
        return _place(connections[0])
    return ", ".join(f"{_place(one)} from {one.unit}" for one in connections)


def _place(connection: Connection) -> str:
    if connection.link == "local":
        return "[local]"
    return f"[http: {', '.join(connection.to_units)}]"


def _mermaid(view: TopologyView) -> Iterator[str]:
    yield "flowchart TD"
    yield "    clients([clients])"
    for unit in view.units:
        copies = f" x {len(unit.addresses)}" if len(unit.addresses) > 1 else ""
        yield f'    subgraph {_id("unit", unit.name)}["{unit.name}{copies}"]'
        for name in unit.components:
            yield f'        {_id(unit.name, name)}["{name}"]'
        yield "    end"
    for name in view.external:
        yield f"    {_id('external', name)}[/{name}/]"
    yield from dict.fromkeys(_arrows(view))


def _arrows(view: TopologyView) -> Iterable[str]:
    for unit in view.units:
        for name in unit.exposes:
            yield f"    clients --> {_id(unit.name, name)}"
    for one in view.connections:
        caller = _id(one.unit, one.caller)
        if one.link == "local":
            yield f"    {caller} -.-> {_id(one.unit, one.callee)}"
        elif one.callee in view.external:
            yield f"    {caller} --> {_id('external', one.callee)}"
        else:
            yield from (f"    {caller} --> {_id(unit, one.callee)}" for unit in one.to_units)


def _id(unit: str, name: str) -> str:
    return f"{unit}__{name}".replace(".", "_").replace("-", "_")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
