"""What changes between two topologies: the cost and the gain of an evolution."""

from collections.abc import Iterator

from maestri.topology.topology_view import TopologyView


def difference(before: TopologyView, after: TopologyView) -> str:
    """Return what changes: units, links, hops, and what each team deploys."""
    lines = [f"{before.name} -> {after.name}", f"  from: {before.title}", f"  to:   {after.title}"]
    for heading, section in (
        ("Components", _components(before, after)),
        ("Units", _units(before, after)),
        ("Links", _links(before, after)),
        ("Network calls in the longest chain", _hops(before, after)),
        ("What each team deploys", _teams(before, after)),
    ):
        content = list(section)
        lines += ["", heading, *(f"  {line}" for line in content or ["no change"])]
    return "\n".join(lines)


def _components(before: TopologyView, after: TopologyView) -> Iterator[str]:
    old = {one.name for one in before.components}
    new = {one.name for one in after.components}
    yield from (f"+ {name}" for name in sorted(new - old))
    yield from (f"- {name}" for name in sorted(old - new))


def _units(before: TopologyView, after: TopologyView) -> Iterator[str]:
    old = {unit.name: unit for unit in before.units}
    new = {unit.name: unit for unit in after.units}
    for name in (one for one in new if one not in old):
        sources = [
            unit.name for unit in before.units if set(unit.components) & set(new[name].components)
        ]
        origin = f"  (from {', '.join(sources)})" if sources else ""
        yield f"+ {name}: {', '.join(new[name].components)}{origin}"
    for name in (one for one in old if one not in new):
        targets = [
            unit.name for unit in after.units if set(unit.components) & set(old[name].components)
        ]
        goal = f"  (now in {', '.join(targets)})" if targets else ""
        yield f"- {name}: {', '.join(old[name].components)}{goal}"
    for name in (one for one in old if one in new):
        came = [one for one in new[name].components if one not in old[name].components]
        went = [one for one in old[name].components if one not in new[name].components]
        replicas = len(old[name].addresses), len(new[name].addresses)
        changes = [f"+ {one}" for one in came] + [f"- {one}" for one in went]
        if replicas[0] != replicas[1]:
            changes.append(f"{replicas[0]} -> {replicas[1]} processes")
        if changes:
            yield f"~ {name}: {', '.join(changes)}"
    yield from (
        f"+ {name}  (a third party's)" for name in after.external if name not in before.external
    )
    yield from (
        f"- {name}  (a third party's)" for name in before.external if name not in after.external
    )
    counts = [sum(len(unit.addresses) for unit in one.units) for one in (before, after)]
    if counts[0] != counts[1]:
        yield f"= processes: {counts[0]} -> {counts[1]}"


def _links(before: TopologyView, after: TopologyView) -> Iterator[str]:
    old, new = _by_dependency(before), _by_dependency(after)
    for key in sorted(old.keys() & new.keys()):
        if old[key] != new[key]:
            caller, role, callee = key
            target = callee if callee.rpartition(".")[2] == role else f"{callee} as {role}"
            yield f"{caller} -> {target}: {old[key]} -> {new[key]}"
    for key in sorted(new.keys() - old.keys()):
        yield f"+ {key[0]} -> {key[2]}: {new[key]}"
    for key in sorted(old.keys() - new.keys()):
        yield f"- {key[0]} -> {key[2]}: {old[key]}"


def _by_dependency(view: TopologyView) -> dict[tuple[str, str, str], str]:
    kinds: dict[tuple[str, str, str], set[str]] = {}
    for one in view.connections:
        kinds.setdefault((one.caller, one.role, one.callee), set()).add(one.link)
    return {key: " and ".join(sorted(found)) for key, found in kinds.items()}


def _hops(before: TopologyView, after: TopologyView) -> Iterator[str]:
    for name in sorted(before.hops.keys() | after.hops.keys()):
        old, new = before.hops.get(name), after.hops.get(name)
        if old != new:
            yield f"{name}: {_or_absent(old)} -> {_or_absent(new)}"


def _or_absent(hops: int | None) -> str:
    return "not exposed" if hops is None else str(hops)


def _teams(before: TopologyView, after: TopologyView) -> Iterator[str]:
    old, new = _deployed(before), _deployed(after)
    for cell in sorted(old.keys() | new.keys()):
        if old.get(cell) != new.get(cell):
            yield f"{cell}: {old.get(cell, 'nothing')} -> {new.get(cell, 'nothing')}"


def _deployed(view: TopologyView) -> dict[str, str]:
    """Return the units that each cell's team deploys, and with whom it shares them."""
    cells = {one.name: one.cell for one in view.components}
    deployed: dict[str, list[str]] = {}
    for unit in view.units:
        inside = dict.fromkeys(cells[name] for name in unit.components)
        for cell in inside:
            others = [one for one in inside if one != cell]
            shared = f" (shared with {', '.join(others)})" if others else ""
            deployed.setdefault(cell, []).append(f"{unit.name}{shared}")
    return {cell: ", ".join(units) for cell, units in deployed.items()}
