"""One unit in this process: its components built, bound and started."""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from maestri import clock
from maestri.context import Recorder
from maestri.contracts import Contract
from maestri.links import (
    HttpClient,
    HttpTransport,
    Invoker,
    Link,
    LinkFailures,
    LocalLink,
    RemoteLink,
    SocketClient,
    stub,
)
from maestri.topology import (
    DATABASE_URL,
    Binding,
    Components,
    Finding,
    ResolvedTopology,
    Resource,
    StateDirectory,
    Topology,
    Unit,
    build,
    component_findings,
    error_of,
    is_local,
    make_writable,
    raise_for_findings,
    remote_units,
    settings_of,
    validate_unit,
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
        client: Sends the requests to other units and services; None if there are none.
        remote_links: The links to those, each with the component that calls over it.
        data: The folder of its databases, made at the start; None if it needs none.
    """

    def __init__(
        self,
        unit: Unit,
        invokers: Mapping[str, Invoker],
        resources: Mapping[str, tuple[Resource, ...]],
        client: HttpClient | None,
    ) -> None:
        self.unit = unit
        self.invokers = dict(invokers)
        self.recorder = Recorder()
        self.data: Path | None = None
        self.client = client
        self.remote_links: tuple[tuple[str, RemoteLink], ...] = ()
        self._resources = dict(resources)
        self._open: AsyncExitStack | None = None

    @property
    def exposed(self) -> tuple[Invoker, ...]:
        """What clients reach."""
        return tuple(self.invokers[name] for name in self.unit.exposes)

    @property
    def internal(self) -> tuple[Invoker, ...]:
        """What other units reach: all that clients do not."""
        exposed = set(self.unit.exposes)
        return tuple(one for name, one in self.invokers.items() if name not in exposed)

    @property
    def holds_resources(self) -> bool:
        """Whether it opens anything that a second process at the same time might not be able to."""
        return any(self._resources.values())

    async def start(self) -> None:
        """
        Open the resources of all components, callees first; on failure close what was opened.

        Raises:
            Exception: Whatever a resource raises that cannot be opened.
        """
        if self.data is not None:
            make_writable(self.data)
        async with AsyncExitStack() as opened:
            if self.client is not None:
                opened.push_async_callback(
                    _close_in_time, self.client.aclose, "the connections did not close"
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
        topology: It is checked as far as this unit can tell.
        unit: Its name.
        components: Shares what was found before.
        strict: Whether local calls go through the codec. None: ``MAESTRI_STRICT=1`` decides.
        environment: None means the one that the topology was read with.
        wrap: Puts something between each caller and its callee, such as the faults of a test.

    Raises:
        TopologyError: There is no such unit, or something is wrong with it; has all of that.
    """
    if environment is not None:
        topology = replace(topology, environment=environment)
    environment = topology.environment
    if unit not in topology.units:
        names = ", ".join(topology.units)
        finding = Finding(
            topology.file, f"unit.{unit}", "there is no such unit", f"There are: {names}"
        )
        raise_for_findings([finding])
    strict = environment.get("MAESTRI_STRICT") == "1" if strict is None else strict
    resolved, findings = validate_unit(topology, unit, components)
    if not findings:
        binder = _Binder(resolved, topology.units[unit], strict)
        binder.wrap = wrap or binder.wrap
        try:
            return binder.bind()
        except Exception:
            # What breaks first is seldom all of it.
            raise_for_findings(_of_code(resolved))
            raise
    raise error_of((*findings, *_of_code(resolved)))


def _of_code(resolved: ResolvedTopology) -> Iterator[Finding]:
    for name in resolved.components:
        yield from component_findings(resolved, name)


class _Binder:
    def __init__(self, resolved: ResolvedTopology, unit: Unit, strict: bool) -> None:
        self._resolved = resolved
        self._topology = resolved.topology
        self._unit = unit
        self._strict = strict
        self.wrap: Callable[[Link], Link] = lambda link: link
        self._client: HttpClient | None = None
        self._invokers: dict[str, Invoker] = {}
        self._remote_links: list[tuple[str, RemoteLink]] = []
        self._failures = LinkFailures()
        self._resources: dict[str, tuple[Resource, ...]] = {}

    def bind(self) -> RunningUnit:
        data = None
        state = StateDirectory(self._topology.project, self._topology.environment)
        for name in self._callees_first():
            info = self._resolved.components[name]
            settings = settings_of(self._topology, info)
            if settings.get(DATABASE_URL) == state.database_url(name):
                data = state.data
            bindings = self._resolved.bindings[name]
            built = build(info, {one.role: self._callee(one) for one in bindings}, settings)
            self._invokers[name] = Invoker(built.service, name)
            self._resources[name] = built.resources
        running = RunningUnit(self._unit, self._invokers, self._resources, self._client)
        running.data = data
        running.remote_links = tuple(self._remote_links)
        return running

    def _callees_first(self) -> list[str]:
        """Return callees before callers; there are no cycles."""
        order: list[str] = []

        def visit(name: str) -> None:
            if name in order:
                return
            for binding in self._resolved.bindings[name]:
                if is_local(self._unit, binding):
                    visit(binding.callee)
            order.append(name)

        for name in self._unit.components:
            visit(name)
        return order

    def _callee(self, binding: Binding) -> Contract:
        return stub(binding.contract, self.wrap(self._link(binding)))

    def _link(self, binding: Binding) -> Link:
        if is_local(self._unit, binding):
            return LocalLink(self._invokers[binding.callee], strict=self._strict)
        link = self._remote_link(binding)
        self._remote_links.append((binding.caller, link))
        return link

    def _remote_link(self, binding: Binding) -> RemoteLink:
        if binding.external:
            component = ""
            urls = [self._topology.external[binding.callee].address.url]
        else:
            component = binding.callee
            units = remote_units(self._topology, self._unit, binding)
            urls = [address.url for unit in units for address in unit.internal_addresses]
        bounds = self._unit.bounds
        transport = HttpTransport(self._shared_client(), component, bounds.http_options())
        return RemoteLink(
            urls,
            transport,
            bounds.remote_options(),
            callee=binding.callee,
            failures=self._failures,
        )

    def _shared_client(self) -> HttpClient:
        if self._client is None:
            self._client = SocketClient()
        return self._client


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
