"""The page of the client."""

# ruff: noqa: TID252 - absolute here would mean another project than for the type checkers
import os

from ..front.contract import Front, Page
from ..greetings.contract import Greetings


class FrontService(Front):
    """Shows a greeting."""

    def __init__(self, greetings: Greetings) -> None:
        self._greetings = greetings

    async def hello(self, person: str) -> Page:
        """Greet somebody."""
        greeting = await self._greetings.greet(person)
        return Page(greeting.text, os.getpid())
