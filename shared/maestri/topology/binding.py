"""
Who is bound to whom: each dependency of a component gets one callee.

The default is the component that owns the contract. An SPI is owned by its caller, so there the
component that implements it is meant, if only one does. ``[bind]`` decides everything else.
"""

from dataclasses import dataclass

from maestri.contracts import Contract
from maestri.errors import TopologyError
from maestri.topology.discovery import ComponentInfo, Components, owner_of, path_of
from maestri.topology.findings import Finding
from maestri.topology.placement import Topology, Unit


@dataclass(frozen=True)
class Binding:
    """One dependency and its callee: a component, or an external service."""

    caller: str
    role: str
    contract: type[Contract]
    callee: str
    external: bool = False

    @property
    def key(self) -> str:
        """The dependency as ``[bind]`` names it."""
        return f"{self.caller}.{self.role}"

    @property
    def spi(self) -> bool:
        """Whether the caller owns the contract."""
        return owner_of(self.contract) == self.caller


def bindings_of(
    topology: Topology, components: Components, caller: ComponentInfo
) -> tuple[tuple[Binding, ...], tuple[Finding, ...]]:
    """Return the bindings of *caller*, and what is wrong with the dependencies that have none."""
    bindings: list[Binding] = []
    findings: list[Finding] = []
    for role, contract in caller.dependencies.items():
        bound = _bind(topology, components, caller.name, role, contract)
        if isinstance(bound, Binding):
            bindings.append(bound)
        else:
            findings.append(bound)
    return tuple(bindings), tuple(findings)


def is_local(unit: Unit, binding: Binding) -> bool:
    """Tell whether a call from *unit* stays in its process."""
    return not binding.external and binding.callee in unit.components


def remote_units(topology: Topology, unit: Unit, binding: Binding) -> tuple[Unit, ...]:
    """Return the units that a call from *unit* goes to; none if it is local or external."""
    if binding.external or is_local(unit, binding):
        return ()
    return topology.units_of(binding.callee)


def implements(components: Components, name: str, contract: type[Contract]) -> bool:
    """Tell whether the component *name* implements *contract*; a broken one implements nothing."""
    try:
        return contract in components.info(name).implements
    except TopologyError:
        return False  # the check of components reports it, with file and remedy


def _bind(
    topology: Topology, components: Components, caller: str, role: str, contract: type[Contract]
) -> Binding | Finding:
    key = f"{caller}.{role}"
    chosen = topology.bind.get(key)
    if chosen is not None:
        return _chosen(topology, components, Binding(caller, role, contract, chosen))
    external = [one.name for one in topology.external.values() if one.contract == path_of(contract)]
    owner = owner_of(contract)
    if external:
        candidates = external
    elif (
        owner != caller
        and owner in topology.components
        and not contract.__module__.endswith(".spi")
    ):
        candidates = [owner]
    else:
        candidates = [
            name
            for name in topology.components
            if name != caller and implements(components, name, contract)
        ]
    if len(candidates) == 1:
        return Binding(caller, role, contract, candidates[0], external=bool(external))
    if candidates:
        remedy = f'Choose under [bind]: "{key}" = one of {", ".join(candidates)}'
        return topology.finding(
            f"bind.{key}",
            f"is ambiguous: {len(candidates)} could serve {path_of(contract)}",
            remedy,
            at=topology.key_of(caller),
        )
    return _unbound(topology, key, contract)


def _unbound(topology: Topology, key: str, contract: type[Contract]) -> Finding:
    owner, caller = owner_of(contract), key.rpartition(".")[0]
    if owner == caller or contract.__module__.endswith(".spi"):
        remedy = f"Add a component that implements {path_of(contract)} to a unit"
    elif contract.external is not None:
        remedy = f'Add [external.NAME] with contract = "{path_of(contract)}"'
    else:
        remedy = f'Add "{owner}" to the components of a unit'
    return topology.finding(
        f"bind.{key}",
        f"is unbound: nothing here serves {path_of(contract)}",
        remedy,
        at=topology.key_of(caller),
    )


def _chosen(topology: Topology, components: Components, binding: Binding) -> Binding | Finding:
    key = f"bind.{binding.key}"
    wanted = path_of(binding.contract)
    if binding.callee in topology.external:
        contract = topology.external[binding.callee].contract
        if contract != wanted:
            return topology.finding(
                key,
                f"{binding.callee} serves {contract}, not {wanted}",
                "Bind another",
            )
        return Binding(
            binding.caller, binding.role, binding.contract, binding.callee, external=True
        )
    if binding.callee not in topology.components:
        remedy = f'Add "{binding.callee}" to the components of a unit, or bind another'
        return topology.finding(key, f"no unit runs {binding.callee}", remedy)
    if binding.callee == binding.caller or not implements(
        components, binding.callee, binding.contract
    ):
        return topology.finding(
            key, f"{binding.callee} does not implement {wanted}", "Bind another"
        )
    return binding
