"""A component is built of its container: its callees and settings go in, its service comes out."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from maestri.contracts import Contract
from maestri.topology.discovery import RESOURCES, ComponentInfo


class Resource(Protocol):
    """
    What a component holds open while it runs, such as a database: an async context manager.

    A container names its own once, in the order in which they are opened::

        resources = providers.List(database)

    Whether one with a method ``async def healthy(self) -> None`` can be used is asked for as long
    as the unit runs; it raises if not.

    It is no ``providers.Resource`` of dependency-injector, which is opened when it is injected: one
    that is opened asynchronously makes a coroutine of everything that it is injected into, the
    service too, so that nothing could be built, and checked, before a database was reached.
    """

    async def __aenter__(self) -> Any:
        """Open it."""

    async def __aexit__(self, *_: object) -> Any:
        """Close it."""


class BuiltComponent(NamedTuple):
    """A component that nobody has opened yet."""

    service: Contract
    resources: tuple[Resource, ...]


def build(
    info: ComponentInfo, callees: Mapping[str, Contract], settings: Mapping[str, Any]
) -> BuiltComponent:
    """
    Build what the container of *info* makes; nothing is opened.

    Args:
        info: Of the component.
        callees: By role.
        settings: By name.
    """
    container = container_of(info, callees, settings)
    resources = getattr(container, RESOURCES)() if info.has_resources else ()
    return BuiltComponent(container.service(), tuple(resources))


def container_of(
    info: ComponentInfo, callees: Mapping[str, Contract], settings: Mapping[str, Any]
) -> Any:
    """Return a container of *info* whose dependencies are *callees*; nothing is built."""
    from dependency_injector import providers

    container: Any = info.container()
    # Everything is bound before anything is built: a later override would have no effect.
    for role, callee in callees.items():
        getattr(container, role).override(providers.Object(callee))
    if settings:
        container.settings.from_dict(settings)
    container.check_dependencies()
    return container
