"""The composition root of the front."""

# ruff: noqa: TID252 - absolute here would mean another project than for the type checkers
from dependency_injector import containers, providers

from ..front.service import FrontService
from ..greetings.contract import Greetings


class Container(containers.DeclarativeContainer):
    """Needs greetings."""

    greetings = providers.Dependency(instance_of=Greetings)
    service = providers.Singleton(FrontService, greetings)
