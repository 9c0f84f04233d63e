"""A topology whose components are found and bound."""

from dataclasses import dataclass, field

from maestri.errors import TopologyError
from maestri.topology.binding import Binding, remote_units
from maestri.topology.component import Component
from maestri.topology.discovery import ComponentInfo, Components
from maestri.topology.placement import Topology, Unit


@dataclass(frozen=True)
class ResolvedTopology:
    """
    A sound topology: every component described, every dependency bound.

    Attributes:
        components: By name of the component.
        bindings: By name of the calling component.
        finder: Found the components.
    """

    topology: Topology
    components: dict[str, ComponentInfo]
    bindings: dict[str, tuple[Binding, ...]]
    finder: Components = field(default_factory=Components, compare=False)

    def served_internally(self, unit: Unit) -> tuple[str, ...]:
        """Return the components of *unit* that other units call."""
        called = {
            binding.callee
            for caller in self.topology.units.values()
            if caller.name != unit.name
            for name in caller.components
            for binding in self.bindings.get(name, ())
            if unit in remote_units(self.topology, caller, binding)
        }
        return tuple(name for name in unit.components if name in called)

    def component(self, name: str) -> Component | None:
        """Return what the component *name* says of itself; None if there is none."""
        try:
            return self.finder.component(name)
        except TopologyError:
            return None  # the check of components tells it
