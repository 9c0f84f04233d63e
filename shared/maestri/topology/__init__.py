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

from maestri.topology.checks import ResolvedTopology, resolve, validate
from maestri.topology.component import Component
from maestri.topology.compose import compose_file
from maestri.topology.control import (
    ControlRequest,
    ControlResponse,
    LauncherRecord,
    running_record,
    send_request,
)
from maestri.topology.diff import difference
from maestri.topology.discovery import ComponentInfo, Components
from maestri.topology.explain import as_json, as_mermaid, as_text
from maestri.topology.files import load_topology, topology_names
from maestri.topology.findings import Finding
from maestri.topology.launcher import LaunchOptions, launch
from maestri.topology.operations import find_operations
from maestri.topology.placement import Address, ExternalService, Topology, Unit
from maestri.topology.plan_lists import plans_as_text
from maestri.topology.project import StateDirectory, find_project, make_importable
from maestri.topology.running_unit import RunningUnit, bind_unit
from maestri.topology.topology_view import TopologyView, view_of
from maestri.topology.trace import collect_trace, render_trace

__all__ = [
    "Address",
    "Component",
    "ComponentInfo",
    "Components",
    "ControlRequest",
    "ControlResponse",
    "ExternalService",
    "Finding",
    "LaunchOptions",
    "LauncherRecord",
    "ResolvedTopology",
    "RunningUnit",
    "StateDirectory",
    "Topology",
    "TopologyView",
    "Unit",
    "as_json",
    "as_mermaid",
    "as_text",
    "bind_unit",
    "collect_trace",
    "compose_file",
    "difference",
    "find_operations",
    "find_project",
    "launch",
    "load_topology",
    "make_importable",
    "plans_as_text",
    "render_trace",
    "resolve",
    "running_record",
    "send_request",
    "topology_names",
    "validate",
    "view_of",
]
