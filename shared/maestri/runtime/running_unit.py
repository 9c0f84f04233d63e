"""One unit in this process: its components built, bound and started."""

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
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
    ComponentInfo,
    Components,
    Finding,
    StateDirectory,
    Topology,
    Unit,
    bindings_of,
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
        invokers: All components by name.
        exposed, internal: Those that clients, and those that other units, reach over HTTP.
        recorder: Where spans and counts of this process go.
        data: The folder of its databases, made at the start; None if it needs none.
    """

    def __init__(
        self, unit: Unit, invokers: Mapping[str, Invoker], transport: Transport | None
    ) -> None:
        self.unit = unit
        self.invokers = dict(invokers)
        self.recorder = Recorder()
        self.data: Path | None = None
        self._transport = transport
        self._started: list[str] = []

    @property
    def exposed(self) -> tuple[Invoker, ...]:
        """What clients reach."""
        return tuple(self.invokers[name] for name in self.unit.exposes)

    @property
    def reachable(self) -> tuple[Invoker, ...]:
        """What is served over HTTP: only what clients may reach, if the unit exposes anything."""
        return self.exposed or tuple(self.invokers.values())

    async def start(self) -> None:
        """Start the services that have a ``start``, callees first; on failure close them again."""
        try:
            if self.data is not None:
                self.data.mkdir(parents=True, exist_ok=True)
            for name, one in self.invokers.items():
                self._started.append(name)
                start = getattr(one.implementation, "start", None)
                if start is not None:
                    await start()
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Close what was started, callers first, then the connections; each has 1 s."""
        while self._started:
            name = self._started.pop()
            aclose = getattr(self.invokers[name].implementation, "aclose", None)
            if aclose is not None:
                await _close_in_time(aclose(), f"{name} did not close")
        if self._transport is not None:
            await _close_in_time(self._transport.aclose(), "the connections did not close")
            self._transport = None

    async def not_ready(self) -> tuple[str, ...]:
        """Return the components whose ``ready`` fails or takes longer than 1 s, with the reason."""
        if len(self._started) < len(self.invokers):
            return tuple(
                f"{name}: not started" for name in self.invokers if name not in self._started
            )
        reasons = []
        for name, one in self.invokers.items():
            ready = getattr(one.implementation, "ready", None)
            if ready is None:
                continue
            try:
                async with clock.timeout_at(clock.now_s() + READY_S_MAX):
                    await ready()
            except Exception as error:  # noqa: BLE001 - whatever it is, the component is not ready
                reasons.append(f"{name}: {error or type(error).__name__}")
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
            self._invokers[name] = Invoker(self._build(infos[name], bindings[name], settings), name)
        running = RunningUnit(self._unit, self._invokers, self._transport)
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

    def _build(
        self, info: ComponentInfo, bindings: tuple[Binding, ...], settings: dict[str, Any]
    ) -> Contract:
        from dependency_injector import providers

        container: Any = info.container()
        # Everything is bound before anything is built: a later override would have no effect.
        for binding in bindings:
            callee = stub(binding.contract, self.wrap(self._link(binding)))
            getattr(container, binding.role).override(providers.Object(callee))
        if settings:
            container.settings.from_dict(settings)
        container.check_dependencies()
        service: Contract = container.service()
        return service

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


async def _close_in_time(closing: Any, complaint: str) -> None:
    try:
        async with asyncio.timeout(STOP_S_MAX):
            await closing
    except Exception:
        log.exception(complaint)
