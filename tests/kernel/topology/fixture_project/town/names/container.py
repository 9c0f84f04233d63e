"""The composition root of names."""

# ruff: noqa: TID252 - absolute here would mean another project than for the type checkers
from dependency_injector import containers, providers

from ..names.register import Register
from ..names.service import NamesService


class Container(containers.DeclarativeContainer):
    """Needs the settings ``database_url`` and ``title``."""

    settings = providers.Configuration()
    register = providers.Singleton(Register, settings.database_url)
    resources = providers.List(register)
    service = providers.Singleton(NamesService, register, settings.title)
