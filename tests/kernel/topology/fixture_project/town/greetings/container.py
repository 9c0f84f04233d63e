"""The composition root of greetings."""

# ruff: noqa: TID252 - absolute here would mean another project than for the type checkers
from dependency_injector import containers, providers

from ..greetings.service import GreetingsService
from ..greetings.spi import Names
from ..phrases.contract import Phrases


class Container(containers.DeclarativeContainer):
    """Needs phrases, and somebody who knows names."""

    phrases = providers.Dependency(instance_of=Phrases)
    names = providers.Dependency(instance_of=Names)
    service = providers.Singleton(GreetingsService, phrases, names)
