"""
Placement is configuration: which process runs what, and who is bound to whom, is one TOML file.

Problem: the same components should run in one process or in twenty, and no line of them should
know. Pattern: Component Configurator (POSA2) over a composition root per component. Smallest
example, ``services/greeter/__init__.py`` beside its ``contract.py`` and ``container.py``::

    from maestri.topology import Component

    COMPONENT = Component(level=0, cell="greetings")

and ``shared/topologies/merged.toml``::

    title = "All in one process"

    [unit.store]
    components = ["front", "services.greeter"]
    address = "127.0.0.1:8000"
    exposes = ["front"]

Not for what differs between installations: addresses, secrets and database URLs come from the
environment.
"""

from maestri.topology.checks import Resolved, examine, resolve
from maestri.topology.component import Component
from maestri.topology.discovery import Components
from maestri.topology.files import load_topology, topology_names
from maestri.topology.findings import Finding
from maestri.topology.placement import Address, Foreign, Topology, Unit
from maestri.topology.project import StateDirectory, find_project, make_importable
from maestri.topology.running_unit import RunningUnit, bind_unit

__all__ = [
    "Address",
    "Component",
    "Components",
    "Finding",
    "Foreign",
    "Resolved",
    "RunningUnit",
    "StateDirectory",
    "Topology",
    "Unit",
    "bind_unit",
    "examine",
    "find_project",
    "load_topology",
    "make_importable",
    "resolve",
    "topology_names",
]
