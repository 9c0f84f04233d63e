"""Components are found by the names in a topology file; the kernel knows none of them."""

import importlib
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, get_type_hints

from maestri.contracts import Contract, contracts_of
from maestri.errors import MaestriError, TopologyError
from maestri.topology.component import Component
from maestri.topology.hidden_modules import INJECTOR_EXTRAS, hidden_modules

if TYPE_CHECKING:
    from dependency_injector.containers import DeclarativeContainer

DATABASE_URL = "database_url"
RESOURCES = "resources"
SETTINGS = "settings"


@dataclass(frozen=True)
class ComponentInfo:
    """
    A component as its container describes it; nothing of it is built.

    Attributes:
        service: Class of its service.
        dependencies: Contract of each role.
        implements: Contracts of its service, in the order of the class's bases.
        settings: Names of the settings that its providers read.
        defaults: Settings that the container itself gives.
        has_resources: Whether something is opened before it serves, and closed afterwards.
    """

    name: str
    component: Component
    container: "type[DeclarativeContainer]"
    service: type[Contract]
    dependencies: Mapping[str, type[Contract]]
    implements: tuple[type[Contract], ...]
    settings: frozenset[str]
    defaults: frozenset[str]
    has_resources: bool

    @property
    def has_database(self) -> bool:
        """Whether it keeps state of its own."""
        return DATABASE_URL in self.settings

    @property
    def known_settings(self) -> frozenset[str]:
        """Names of the settings that it may be given."""
        return self.settings | self.defaults

    @property
    def edge(self) -> tuple[type[Contract], ...]:
        """Its contracts for clients."""
        return tuple(contract for contract in self.implements if contract.edge)


class Components:
    """Finds components by name, each once."""

    def __init__(self) -> None:
        self._components: dict[str, Component] = {}
        self._infos: dict[str, ComponentInfo] = {}

    def component(self, name: str) -> Component:
        """
        Return what the package *name* says of itself; cheap, no contract is imported.

        Raises:
            TopologyError: There is no such package, or it is no component.
        """
        if name not in self._components:
            found = getattr(imported(name), "COMPONENT", None)
            if not isinstance(found, Component):
                raise TopologyError(
                    f"{name}/__init__.py has no COMPONENT. "
                    "Write: COMPONENT = Component(level=..., cell=...)"
                )
            self._components[name] = found
        return self._components[name]

    def info(self, name: str) -> ComponentInfo:
        """
        Return what the container of *name* says; imports the component's code.

        Raises:
            TopologyError: The component or its container cannot be used.
        """
        if name not in self._infos:
            self._infos[name] = _inspect(name, self.component(name))
        return self._infos[name]


def imported(name: str) -> ModuleType:
    """
    Return the module *name*.

    Raises:
        TopologyError: It does not exist, or its code cannot be imported.
    """
    # The one dynamic import of the kernel: which components a process runs is configuration, so no
    # import statement can name them.
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise TopologyError(f"there is no module {error.name}") from error
        raise TopologyError(f"{name} cannot be imported: {_told(error, name)}") from error
    except Exception as error:
        raise TopologyError(f"{name} cannot be imported: {_told(error, name)}") from error


def _told(error: Exception, name: str) -> str:
    """Return what broke, and where in the system of *name*; what we refuse says that itself."""
    if isinstance(error, MaestriError):
        return str(error)
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}: {error.msg}"
    frames = traceback.extract_tb(error.__traceback__)
    package = name.partition(".")[0]
    own = [frame for frame in frames if package in Path(frame.filename).parts] or frames
    return f"{own[-1].filename}:{own[-1].lineno}: {type(error).__name__}: {error}"


def contract_named(path: str) -> type[Contract]:
    """
    Return the contract ``module:Class``.

    Raises:
        TopologyError: There is none.
    """
    module, _, name = path.partition(":")
    found = getattr(imported(module), name, None)
    if not (isinstance(found, type) and issubclass(found, Contract) and found.contract_id):
        raise TopologyError(f"{module} has no contract {name!r}")
    return found


def path_of(contract: type[Contract]) -> str:
    """Return ``module:Class`` of *contract*."""
    return f"{contract.__module__}:{contract.__qualname__}"


def owner_of(contract: type[Contract]) -> str:
    """Return the package that *contract* belongs to."""
    return contract.__module__.rpartition(".")[0]


def _inspect(name: str, component: Component) -> ComponentInfo:
    with hidden_modules(INJECTOR_EXTRAS):
        from dependency_injector import containers

    assert containers
    where = f"{name}/container.py"
    container: Any = getattr(imported(f"{name}.container"), "Container", None)
    if container is None or not isinstance(getattr(container, "providers", None), dict):
        raise TopologyError(f"{where} has no DeclarativeContainer named Container")
    service: Any = getattr(container, "service", None)
    kind: Any = getattr(service, "cls", None)
    if not (isinstance(kind, type) and issubclass(kind, Contract)):
        raise TopologyError(
            f"{where}: `service` must be providers.Singleton of a class that implements a contract"
        )
    read, defaults = _settings(container, where)
    return ComponentInfo(
        name,
        component,
        container,
        kind,
        _dependencies(container, where),
        contracts_of(kind),
        read,
        defaults,
        _has_resources(container, where),
    )


def _dependencies(container: Any, where: str) -> dict[str, type[Contract]]:
    from dependency_injector import providers

    dependencies = {
        role: provider.instance_of
        for role, provider in container.providers.items()
        if isinstance(provider, providers.Dependency)
    }
    for role, contract in dependencies.items():
        if not (isinstance(contract, type) and issubclass(contract, Contract)):
            raise TopologyError(
                f"{where}: {role} must be providers.Dependency(instance_of=<a contract>)"
            )
    return dependencies


def _settings(container: Any, where: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of the settings that are read, and of those with a default."""
    from dependency_injector import providers

    for name, provider in container.providers.items():
        if isinstance(provider, providers.Configuration) and name != SETTINGS:
            raise TopologyError(
                f"{where}: nobody would fill in `{name}`. Call it: "
                f"{SETTINGS} = providers.Configuration()"
            )
    read: set[str] = set()
    defaults: set[str] = set()
    for provider in container.traverse():
        if isinstance(provider, providers.ConfigurationOption):
            read.add(provider.get_name().partition(".")[2].partition(".")[0])
        elif isinstance(provider, providers.Configuration):
            defaults |= set(provider() or {})
    return frozenset(read), frozenset(defaults)


def _has_resources(container: Any, where: str) -> bool:
    """Tell whether resources are declared; refuse a singleton that nobody would open."""
    from dependency_injector import providers

    declared = container.providers.get(RESOURCES)
    if declared is not None and not isinstance(declared, providers.List):
        raise TopologyError(
            f"{where}: `{RESOURCES}` must be providers.List of what is opened, in that order"
        )
    listed = () if declared is None else declared.args
    for name, provider in container.providers.items():
        if isinstance(provider, providers.Singleton) and provider not in listed:
            made = _made_by(provider)
            if hasattr(made, "__aenter__"):
                raise TopologyError(
                    f"{where}: nobody would open `{name}` ({made.__name__}). "
                    f"Write: {RESOURCES} = providers.List({name})"
                )
    for provider in listed:
        made = _made_by(provider)
        if made is not None and not hasattr(made, "__aenter__"):
            raise TopologyError(
                f"{where}: `{RESOURCES}` holds {made.__name__}, which cannot be opened. "
                "Give it __aenter__ and __aexit__"
            )
    return bool(listed)


def _made_by(provider: Any) -> Any:
    """Return the class of what *provider* makes; None if that is not written down."""
    source = getattr(provider, "cls", None)
    if isinstance(source, type):
        return source
    try:
        made = get_type_hints(source).get("return")
    except (TypeError, NameError):
        return None
    return made if isinstance(made, type) else None
