"""A greeting is a phrase for a name."""

# ruff: noqa: TID252 - absolute here would mean another project than for the type checkers
from ..greetings.contract import Greeting, Greetings
from ..greetings.spi import Names
from ..phrases.contract import Phrases


class GreetingsService(Greetings):
    """Puts phrase and name together."""

    def __init__(self, phrases: Phrases, names: Names) -> None:
        self._phrases = phrases
        self._names = names

    async def greet(self, person: str) -> Greeting:
        """Return a greeting."""
        phrase = await self._phrases.phrase("morning")
        name = await self._names.name(person)
        return Greeting(phrase.text.format(name=name.text))
