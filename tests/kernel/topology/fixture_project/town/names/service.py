"""Names of people."""

# ruff: noqa: TID252 - absolute here would mean another project than for the type checkers
from ..greetings.spi import Name, Names


class NamesService(Names):
    """Knows how people are called; would keep them at its database URL."""

    def __init__(self, database_url: str, title: str) -> None:
        self.database_url = database_url
        self._title = title
        self.started = False

    async def start(self) -> None:
        """Note that it was started."""
        self.started = True

    async def ready(self) -> None:
        """Return if it was started; otherwise raise."""
        if not self.started:
            raise RuntimeError("not started")

    async def aclose(self) -> None:
        """Note that it was closed."""
        self.started = False

    async def name(self, key: str) -> Name:
        """Return the name of somebody."""
        return Name(f"{self._title} {key.capitalize()}")
