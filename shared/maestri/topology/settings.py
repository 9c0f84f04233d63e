"""Settings of a component come from the environment, then the file, then the kernel."""

from collections.abc import Mapping
from typing import Any

from maestri.topology.discovery import DATABASE_URL, ComponentInfo
from maestri.topology.files import variable_of
from maestri.topology.placement import Topology
from maestri.topology.project import StateDirectory

SECRET = "secret"  # noqa: S105 - the name of a setting
ALWAYS = frozenset({DATABASE_URL, SECRET})
"""Settings that every component may read without a line in the topology file."""


def settings_given(topology: Topology, info: ComponentInfo) -> frozenset[str]:
    """Return the names of the settings that *info* gets."""
    return ALWAYS | frozenset(topology.settings.get(info.name, {}))


def settings_of(
    topology: Topology, info: ComponentInfo, environment: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """
    Return the settings that *info* reads.

    ``database_url`` comes from ``MAESTRI_DATABASE_URL_<COMPONENT>``, else from the file, else from
    ``MAESTRI_DATABASE_URL``, where ``{component}`` stands for the component's name; else it is a
    SQLite file in the state directory. ``secret`` is the project's.
    """
    environment = topology.environment if environment is None else environment
    given: dict[str, Any] = dict(topology.settings.get(info.name, {}))
    if info.has_database:
        given[DATABASE_URL] = database_url(topology, info.name, environment)
    if SECRET in info.settings and SECRET not in given:
        given[SECRET] = StateDirectory(topology.project, environment).secret(environment)
    return given


def database_url(
    topology: Topology, component: str, environment: Mapping[str, str] | None = None
) -> str:
    """Return the URL of the database of *component*; see ``settings_of``."""
    environment = topology.environment if environment is None else environment
    of_component = environment.get(variable_of("MAESTRI_DATABASE_URL", component))
    of_file = topology.settings.get(component, {}).get(DATABASE_URL)
    of_all = environment.get("MAESTRI_DATABASE_URL", "").replace(
        "{component}", component.replace(".", "_")
    )
    state = StateDirectory(topology.project, environment)
    return (
        of_component or (str(of_file) if of_file else "") or of_all or state.database_url(component)
    )
