"""What others may ask phrases."""

from maestri.contracts import Contract, Message, get


class Phrase(Message, frozen=True):
    """A phrase with a gap."""

    text: str


class Phrases(Contract, id="phrases"):
    """Phrases of the town."""

    @get("/phrases/{key}")
    async def phrase(self, key: str) -> Phrase:
        """Return a phrase."""
        ...
