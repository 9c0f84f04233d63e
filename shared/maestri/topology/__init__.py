"""
Placement is configuration: which process runs what, and who is bound to whom, is one TOML file.

Problem: the same components should run in one process or in twenty, and no line of them should
know. Pattern: Component Configurator (POSA2) over a composition root per component: a file is
read, its components are found and bound, everything is checked, and a sound topology can be looked
at; ``maestri.runtime`` runs it. Smallest example, ``services/greeter/__init__.py`` beside its
``contract.py`` and ``container.py``::

    from maestri.topology import Component

    COMPONENT = Component(level=0, cell="greetings")

``shared/topologies/merged.toml``::

    title = "All in one process"

    [unit.store]
    components = ["services.greeter"]
    address = "127.0.0.1:8000"
    exposes = ["services.greeter"]

and what clients would reach there::

    from pathlib import Path
    from maestri.topology import load_topology, resolve, view_of

    print(view_of(resolve(load_topology("merged", Path.cwd()))).units[0].exposes)

Not for what differs between installations: addresses, secrets and database URLs come from the
environment. Not for one process that never will be two: a container alone is enough there.
"""

from maestri.topology.addresses import (
    WrongAddress,
    cannot_listen,
    needs_listen,
    read_address,
    read_internal_address,
)
from maestri.topology.binding import Binding, bindings_of, is_local, remote_units
from maestri.topology.building import Resource, build
from maestri.topology.checks import resolve, validate, validate_unit
from maestri.topology.component import Component
from maestri.topology.component_checks import component_findings
from maestri.topology.compose import compose_file
from maestri.topology.diff import Difference, difference, difference_as_text
from maestri.topology.discovery import DATABASE_URL, ComponentInfo, Components
from maestri.topology.entries import close_to
from maestri.topology.environment import LISTEN, LISTEN_INTERNAL
from maestri.topology.explain import as_data, as_mermaid, as_text
from maestri.topology.files import load_topology, read_topology, topology_names, variable_of
from maestri.topology.findings import Finding, error_of, raise_for_findings
from maestri.topology.hidden_modules import SERVER_EXTRAS, hidden_modules
from maestri.topology.operations import FoundOperation, find_operations, operations_as_text
from maestri.topology.placement import (
    SOCKET_BYTES_MAX,
    Address,
    ExternalService,
    InternalAddress,
    SocketFile,
    Topology,
    Unit,
)
from maestri.topology.plan_lists import (
    ServedPlan,
    find_plan,
    plan_as_text,
    plans_as_text,
    served_plans,
)
from maestri.topology.project import (
    StateDirectory,
    find_project,
    make_importable,
    make_writable,
    write_private,
)
from maestri.topology.resolved import ResolvedTopology
from maestri.topology.settings import settings_of
from maestri.topology.summary import TopologySummary, summary_of
from maestri.topology.topology_view import TopologyView, view_of

__all__ = [
    "DATABASE_URL",
    "LISTEN",
    "LISTEN_INTERNAL",
    "SERVER_EXTRAS",
    "SOCKET_BYTES_MAX",
    "Address",
    "Binding",
    "Component",
    "ComponentInfo",
    "Components",
    "Difference",
    "ExternalService",
    "Finding",
    "FoundOperation",
    "InternalAddress",
    "ResolvedTopology",
    "Resource",
    "ServedPlan",
    "SocketFile",
    "StateDirectory",
    "Topology",
    "TopologySummary",
    "TopologyView",
    "Unit",
    "WrongAddress",
    "as_data",
    "as_mermaid",
    "as_text",
    "bindings_of",
    "build",
    "cannot_listen",
    "close_to",
    "component_findings",
    "compose_file",
    "difference",
    "difference_as_text",
    "error_of",
    "find_operations",
    "find_plan",
    "find_project",
    "hidden_modules",
    "is_local",
    "load_topology",
    "make_importable",
    "make_writable",
    "needs_listen",
    "operations_as_text",
    "plan_as_text",
    "plans_as_text",
    "raise_for_findings",
    "read_address",
    "read_internal_address",
    "read_topology",
    "remote_units",
    "resolve",
    "served_plans",
    "settings_of",
    "summary_of",
    "topology_names",
    "validate",
    "validate_unit",
    "variable_of",
    "view_of",
    "write_private",
]
