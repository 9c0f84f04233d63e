"""Phrases by key."""

# ruff: noqa: TID252 - absolute here would mean another project than for the type checkers
import os

from ..phrases.contract import Phrase, Phrases


class PhrasesService(Phrases):
    """Knows what to say."""

    async def phrase(self, key: str) -> Phrase:
        """Return a phrase, with the id of the process that says it."""
        return Phrase(f"Good {key}, {{name}}. ({os.getpid()})")
