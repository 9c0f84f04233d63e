"""What a launcher must know of a sound topology, without what it takes to find out."""

import msgspec

from maestri.topology.resolved import ResolvedTopology


class TopologySummary(msgspec.Struct, frozen=True):
    """
    A sound topology in short.

    Attributes:
        levels: Level of each unit: that of its highest component.
        prefixes: Of each exposed component, where its contracts begin.
    """

    levels: dict[str, int]
    prefixes: dict[str, tuple[str, ...]]


def summary_of(resolved: ResolvedTopology) -> TopologySummary:
    """Return the summary of a sound topology."""
    units = resolved.topology.units.values()
    levels = {
        unit.name: max(resolved.components[name].component.level for name in unit.components)
        for unit in units
    }
    prefixes = {
        name: tuple(dict.fromkeys(contract.prefix for contract in resolved.components[name].edge))
        for unit in units
        for name in unit.exposes
    }
    return TopologySummary(levels, prefixes)
