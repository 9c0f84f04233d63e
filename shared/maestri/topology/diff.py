"""What changes between two topologies: the cost and the gain of an evolution."""

from collections.abc import Iterator

import msgspec

from maestri.topology.text_layout import fitted
from maestri.topology.topology_view import PlacedUnit, TopologyView


class ChangedUnit(msgspec.Struct, frozen=True):
    """A unit that both have: what came, what went, and its processes before and after."""

    name: str
    came: tuple[str, ...]
    went: tuple[str, ...]
    processes: tuple[int, int]


class MovedUnit(msgspec.Struct, frozen=True):
    """A unit that only one has, and the units of the other that have components of it."""

    name: str
    components: tuple[str, ...]
    elsewhere: tuple[str, ...]


class ChangedLink(msgspec.Struct, frozen=True):
    """How calls of a dependency travel; None where there is no such dependency."""

    caller: str
    role: str
    callee: str
    before: str | None
    after: str | None


class ChangedValue(msgspec.Struct, frozen=True):
    """What is said of *name* before and after; None where nothing is."""

    name: str
    before: str | None
    after: str | None


class Difference(msgspec.Struct, frozen=True):
    """
    What changes from one topology to another.

    Attributes:
        processes: All of them, before and after.
        hops: Network calls in the longest chain below each exposed component.
        teams: Units that the team of each cell deploys.
    """

    before: str
    after: str
    titles: tuple[str, str]
    components_added: tuple[str, ...]
    components_removed: tuple[str, ...]
    units_added: tuple[MovedUnit, ...]
    units_removed: tuple[MovedUnit, ...]
    units_changed: tuple[ChangedUnit, ...]
    external_added: tuple[str, ...]
    external_removed: tuple[str, ...]
    processes: tuple[int, int]
    links: tuple[ChangedLink, ...]
    hops: tuple[ChangedValue, ...]
    teams: tuple[ChangedValue, ...]


def difference(before: TopologyView, after: TopologyView) -> Difference:
    """Return what changes: units, links, hops, and what each team deploys."""
    old = {one.name for one in before.components}
    new = {one.name for one in after.components}
    hops = [{name: str(count) for name, count in one.hops.items()} for one in (before, after)]
    return Difference(
        before.name,
        after.name,
        (before.title, after.title),
        tuple(sorted(new - old)),
        tuple(sorted(old - new)),
        tuple(_only_in(after, before)),
        tuple(_only_in(before, after)),
        tuple(_changed_units(before, after)),
        tuple(name for name in after.external if name not in before.external),
        tuple(name for name in before.external if name not in after.external),
        (_processes(before), _processes(after)),
        tuple(_links(before, after)),
        tuple(_values(hops[0], hops[1])),
        tuple(_values(_deployed(before), _deployed(after))),
    )


def _only_in(view: TopologyView, other: TopologyView) -> Iterator[MovedUnit]:
    names = {unit.name for unit in other.units}
    for unit in view.units:
        if unit.name not in names:
            shared = (one for one in other.units if set(one.components) & set(unit.components))
            yield MovedUnit(unit.name, unit.components, tuple(one.name for one in shared))


def _changed_units(before: TopologyView, after: TopologyView) -> Iterator[ChangedUnit]:
    new: dict[str, PlacedUnit] = {unit.name: unit for unit in after.units}
    for old in before.units:
        unit = new.get(old.name)
        if unit is None:
            continue
        came = tuple(one for one in unit.components if one not in old.components)
        went = tuple(one for one in old.components if one not in unit.components)
        counts = len(old.addresses), len(unit.addresses)
        if came or went or counts[0] != counts[1]:
            yield ChangedUnit(unit.name, came, went, counts)


def _processes(view: TopologyView) -> int:
    return sum(len(unit.addresses) for unit in view.units)


def _links(before: TopologyView, after: TopologyView) -> Iterator[ChangedLink]:
    old, new = _by_dependency(before), _by_dependency(after)
    both, came, went = old.keys() & new.keys(), new.keys() - old.keys(), old.keys() - new.keys()
    for key in (*sorted(both), *sorted(came), *sorted(went)):
        if old.get(key) != new.get(key):
            yield ChangedLink(*key, old.get(key), new.get(key))


def _by_dependency(view: TopologyView) -> dict[tuple[str, str, str], str]:
    kinds: dict[tuple[str, str, str], set[str]] = {}
    for one in view.connections:
        kinds.setdefault((one.caller, one.role, one.callee), set()).add(one.link)
    return {key: " and ".join(sorted(found)) for key, found in kinds.items()}


def _values(old: dict[str, str], new: dict[str, str]) -> Iterator[ChangedValue]:
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield ChangedValue(name, old.get(name), new.get(name))


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


def difference_as_text(one: Difference) -> str:
    """Return the difference for a terminal, section by section."""
    lines = [f"{one.before} -> {one.after}", f"  from: {one.titles[0]}", f"  to:   {one.titles[1]}"]
    for heading, section in (
        ("Components", _component_lines(one)),
        ("Units", _unit_lines(one)),
        ("Links", map(_link_line, one.links)),
        ("Network calls in the longest chain", _value_lines(one.hops, "not exposed")),
        ("What each team deploys", _value_lines(one.teams, "nothing")),
    ):
        content = list(section)
        lines += ["", heading, *(f"  {line}" for line in content or ["no change"])]
    return "\n".join(fitted(lines))


def _component_lines(one: Difference) -> Iterator[str]:
    yield from (f"+ {name}" for name in one.components_added)
    yield from (f"- {name}" for name in one.components_removed)


def _unit_lines(one: Difference) -> Iterator[str]:
    for sign, moved, where in (("+", one.units_added, "from"), ("-", one.units_removed, "now in")):
        for unit in moved:
            origin = f"  ({where} {', '.join(unit.elsewhere)})" if unit.elsewhere else ""
            yield f"{sign} {unit.name}: {', '.join(unit.components)}{origin}"
    for changed in one.units_changed:
        changes = [f"+ {name}" for name in changed.came] + [f"- {name}" for name in changed.went]
        if changed.processes[0] != changed.processes[1]:
            changes.append(f"{changed.processes[0]} -> {changed.processes[1]} processes")
        yield f"~ {changed.name}: {', '.join(changes)}"
    yield from (f"+ {name}  (a third party's)" for name in one.external_added)
    yield from (f"- {name}  (a third party's)" for name in one.external_removed)
    if one.processes[0] != one.processes[1]:
        yield f"= processes: {one.processes[0]} -> {one.processes[1]}"


def _link_line(link: ChangedLink) -> str:
    if link.before is None:
        return f"+ {link.caller} -> {link.callee}: {link.after}"
    if link.after is None:
        return f"- {link.caller} -> {link.callee}: {link.before}"
    named = link.callee.rpartition(".")[2] == link.role
    target = link.callee if named else f"{link.callee} as {link.role}"
    return f"{link.caller} -> {target}: {link.before} -> {link.after}"


def _value_lines(values: tuple[ChangedValue, ...], nothing: str) -> Iterator[str]:
    yield from (f"{one.name}: {one.before or nothing} -> {one.after or nothing}" for one in values)
