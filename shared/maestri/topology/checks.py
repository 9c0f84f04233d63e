"""A wrong topology is refused before anything starts, with everything that is wrong with it."""

from collections.abc import Iterable

from maestri.errors import TopologyError
from maestri.topology.binding import Binding, bindings_of
from maestri.topology.component_checks import component_findings
from maestri.topology.discovery import ComponentInfo, Components
from maestri.topology.environment import environment_findings
from maestri.topology.findings import Finding, raise_for_findings
from maestri.topology.placement import Topology
from maestri.topology.resolved import ResolvedTopology
from maestri.topology.rules import RULES


def resolve(topology: Topology, components: Components | None = None) -> ResolvedTopology:
    """
    Return *topology* with its components found and bound.

    Raises:
        TopologyError: Has one line per thing that is wrong.
    """
    resolved, findings = validate(topology, components)
    raise_for_findings(findings)
    return resolved


def validate(
    topology: Topology, components: Components | None = None
) -> tuple[ResolvedTopology, tuple[Finding, ...]]:
    """
    Return what could be found and bound, and everything that is wrong.

    That is all that a start could find before it opens a port: in the file and the environment, in
    the shape, in plans against contracts, and what breaks when a component is built.
    """
    resolved, findings = _found(topology, topology.components, components)
    if topology.is_partial:
        # What could not be read would be missed everywhere else.
        return resolved, _each_once((*topology.findings, *environment_findings(topology)))
    found = [*findings]
    for name in resolved.components:
        found += component_findings(resolved, name)
    return resolved, _each_once(found)


def validate_unit(
    topology: Topology, unit: str, components: Components | None = None
) -> tuple[ResolvedTopology, tuple[Finding, ...]]:
    """
    Return what ``validate`` does, as far as *unit* alone can tell before it is built.

    Only its components are imported; of others, their contracts and what they say of themselves.
    """
    resolved, findings = _found(topology, topology.units[unit].components, components)
    return resolved, _each_once(findings)


def _found(
    topology: Topology, names: Iterable[str], components: Components | None
) -> tuple[ResolvedTopology, list[Finding]]:
    """Find and bind the components *names*; tell what is wrong besides their own code."""
    components = components or Components()
    findings = [*topology.findings, *environment_findings(topology)]
    infos: dict[str, ComponentInfo] = {}
    for name in names:
        try:
            infos[name] = components.info(name)
        except TopologyError as error:
            at = topology.key_of(name)
            problem = str(error).replace(f"{topology.project}/", "")
            remedy = "Fix the component, or its name here"
            findings.append(topology.finding(at.removesuffix(f".{name}"), problem, remedy, at=at))
    bindings: dict[str, tuple[Binding, ...]] = {}
    for name, one in infos.items():
        bindings[name], missing = bindings_of(topology, components, one)
        findings.extend(missing)
    resolved = ResolvedTopology(topology, infos, bindings, components)
    for rule in RULES:
        findings.extend(rule(resolved))
    return resolved, findings


def _each_once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(findings))
