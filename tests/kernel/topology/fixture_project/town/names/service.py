"""Names of people."""

# ruff: noqa: TID252 - absolute here would mean another project than for the type checkers
from ..greetings.spi import Name, Names
from ..names.register import Register


class NamesService(Names):
    """Knows how people are called."""

    def __init__(self, register: Register, title: str) -> None:
        self.register = register
        self._title = title

    async def name(self, key: str) -> Name:
        """Return the name of somebody."""
        return Name(f"{self._title} {key.capitalize()}")
