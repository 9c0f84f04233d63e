"""One unit in this process: its components built, bound and started."""

import asyncio
import functools
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from maestri import clock
from maestri.context import Recorder
from maestri.contracts import Contract
from maestri.errors import TopologyError
from maestri.links import HttpLink, Invoker, Link, LocalLink, SocketTransport, Transport, stub
from maestri.topology import (
    DATABASE_URL,
    Binding,
    Components,
    Finding,
    Resource,
    StateDirectory,
    Topology,
    Unit,
    bindings_of,
    build,
    is_local,
    raise_for_findings,
    remote_units,
    settings_of,
)

log = logging.getLogger("maestri.unit")

READY_S_MAX = 1.0
STOP_S_MAX = 1.0


class RunningUnit:
    """
    The components of one unit, made by ``bind_unit``.

    Attributes:
        unit: What the topology says of it.
        invokers: All components by name, callees first.
        exposed, internal: Those that clients, and those that other units, reach over HTTP.
        recorder: Where spans and counts of this process go.
        data: The folder of its databases, made at the start; None if it needs none.
    """

    def __init__(
        self,
        unit: Unit,
        invokers: Mapping[str, Invoker],
        resources: Mapping[str, tuple[Resource, ...]],
        transport: Transport | None,
    ) -> None:
        self.unit = unit
        self.invokers = dict(invokers)
        self.recorder = Recorder()
        self.data: Path | None = None
        self._resources = dict(resources)
        self._transport = transport
        self._open: AsyncExitStack | None = None

    @property
    def exposed(self) -> tuple[Invoker, ...]:
        """What clients reach."""
        return tuple(self.invokers[name] for name in self.unit.exposes)

    @property
    def reachable(self) -> tuple[Invoker, ...]:
        """What is served over HTTP: only what clients may reach, if the unit exposes anything."""
        return self.exposed or tuple(self.invokers.values())

    async def start(self) -> None:
        """
        Open the resources of all components, callees first; on failure close what was opened.

        Raises:
            Exception: Whatever a resource raises that cannot be opened.
        """
        if self.data is not None:
            self.data.mkdir(parents=True, exist_ok=True)
        async with AsyncExitStack() as opened:
            if self._transport is not None:
                opened.push_async_callback(
                    _close_in_time, self._transport.aclose, "the connections did not close"
                )
            for name, resources in self._resources.items():
                for one in resources:
                    await one.__aenter__()
                    opened.push_async_callback(
                        _close_in_time,
                        functools.partial(one.__aexit__, None, None, None),
                        f"{name} did not close",
                    )
            self._open = opened.pop_all()

    async def aclose(self) -> None:
        """Close what was opened, callers first, then the connections; each has 1 s."""
        opened, self._open = self._open, None
        if opened is not None:
            await opened.aclose()

    async def not_ready(self) -> tuple[str, ...]:
        """
        Return the components that cannot serve, each with the reason.

        Before the start those are all. Afterwards they are those of a resource whose ``healthy``
        fails or takes longer than 1 s.
        """
        if self._open is None:
            return tuple(f"{name}: not started" for name in self.invokers)
        reasons = []
        for name, resources in self._resources.items():
            for one in resources:
                reason = await _unhealthy(one)
                if reason:
                    reasons.append(f"{name}: {reason}")
        return tuple(reasons)


def bind_unit(
    topology: Topology,
    unit: str,
    *,
    components: Components | None = None,
    strict: bool | None = None,
    environment: Mapping[str, str] | None = None,
    wrap: Callable[[Link], Link] | None = None,
) -> RunningUnit:
    """
    Build the components of *unit* in the order of their dependencies; nothing is started.

    Only this unit's components are imported; of others, only contracts and SPIs.

    Args:
        topology: Sound, as far as ``resolve`` can tell.
        unit: Its name.
        components: Shares what was found before.
        strict: Whether local calls go through the codec. None: ``MAESTRI_STRICT=1`` decides.
        environment: None means the process's own.
        wrap: Puts something between each caller and its callee, such as the faults of a test.

    Raises:
        TopologyError: There is no such unit, or a dependency cannot be bound.
    """
    environment = os.environ if environment is None else environment
    if unit not in topology.units:
        names = ", ".join(topology.units)
        raise_for_findings(
            [Finding(topology.file, f"unit.{unit}", "there is no such unit", f"There are: {names}")]
        )
    strict = environment.get("MAESTRI_STRICT") == "1" if strict is None else strict
    binder = _Binder(topology, topology.units[unit], components or Components(), strict)
    binder.wrap = wrap or binder.wrap
    return binder.bind(environment)


class _Binder:
    def __init__(
        self, topology: Topology, unit: Unit, components: Components, strict: bool
    ) -> None:
        self._topology = topology
        self._unit = unit
        self._components = components
        self._strict = strict
        self.wrap: Callable[[Link], Link] = lambda link: link
        self._transport: Transport | None = None
        self._invokers: dict[str, Invoker] = {}
        self._resources: dict[str, tuple[Resource, ...]] = {}

    def bind(self, environment: Mapping[str, str]) -> RunningUnit:
        infos = {name: self._components.info(name) for name in self._unit.components}
        bindings: dict[str, tuple[Binding, ...]] = {}
        findings: list[Finding] = []
        for name, one in infos.items():
            bindings[name], missing = bindings_of(self._topology, self._components, one)
            findings.extend(missing)
        raise_for_findings(findings)
        data = None
        state = StateDirectory(self._topology.project, environment)
        for name in self._callees_first(bindings):
            settings = settings_of(self._topology, infos[name], environment)
            if settings.get(DATABASE_URL) == state.database_url(name):
                data = state.data
            callees = {one.role: self._callee(one) for one in bindings[name]}
            built = build(infos[name], callees, settings)
            self._invokers[name] = Invoker(built.service, name)
            self._resources[name] = built.resources
        running = RunningUnit(self._unit, self._invokers, self._resources, self._transport)
        running.data = data
        return running

    def _callees_first(self, bindings: Mapping[str, tuple[Binding, ...]]) -> list[str]:
        """Return callees before callers; the injector would never get out of a cycle."""
        order: list[str] = []

        def visit(name: str, path: tuple[str, ...]) -> None:
            if name in path:
                cycle = " -> ".join((*path[path.index(name) :], name))
                raise TopologyError(f"{self._topology.file}: bind: is a cycle: {cycle}.")
            if name in order:
                return
            for binding in bindings[name]:
                if is_local(self._unit, binding):
                    visit(binding.callee, (*path, name))
            order.append(name)

        for name in bindings:
            visit(name, ())
        return order

    def _callee(self, binding: Binding) -> Contract:
        return stub(binding.contract, self.wrap(self._link(binding)))

    def _link(self, binding: Binding) -> Link:
        if is_local(self._unit, binding):
            return LocalLink(self._invokers[binding.callee], strict=self._strict)
        if binding.external:
            return HttpLink(
                self._topology.external[binding.callee].address.url, self._shared_transport()
            )
        units = remote_units(self._topology, self._unit, binding)
        urls = [address.url for unit in units for address in unit.addresses]
        return HttpLink(urls, self._shared_transport(), component=binding.callee)

    def _shared_transport(self) -> Transport:
        if self._transport is None:
            self._transport = SocketTransport()
        return self._transport


async def _unhealthy(resource: Resource) -> str:
    """Return why a resource cannot be used; empty if it can, or cannot tell."""
    healthy = getattr(resource, "healthy", None)
    if healthy is None:
        return ""
    try:
        async with clock.timeout_at(clock.now_s() + READY_S_MAX):
            await healthy()
    except Exception as error:  # noqa: BLE001 - whatever it is, the component is not ready
        return str(error) or type(error).__name__
    return ""


async def _close_in_time(close: Callable[[], Awaitable[Any]], complaint: str) -> None:
    try:
        async with asyncio.timeout(STOP_S_MAX):
            await close()
    except Exception:
        log.exception(complaint)
