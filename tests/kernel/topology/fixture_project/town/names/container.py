"""The composition root of names."""

# ruff: noqa: TID252 - absolute here would mean another project than for the type checkers
from dependency_injector import containers, providers

from ..names.service import NamesService


class Container(containers.DeclarativeContainer):
    """Needs the settings ``database_url`` and ``title``."""

    settings = providers.Configuration()
    service = providers.Singleton(NamesService, settings.database_url, settings.title)
