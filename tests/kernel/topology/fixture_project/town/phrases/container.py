"""The composition root of phrases."""

# ruff: noqa: TID252 - absolute here would mean another project than for the type checkers
from dependency_injector import containers, providers

from ..phrases.service import PhrasesService


class Container(containers.DeclarativeContainer):
    """Needs nothing."""

    service = providers.Singleton(PhrasesService)
