"""What greetings wants from somebody who knows names."""

from maestri.contracts import Contract, Message, get


class Name(Message, frozen=True):
    """How somebody is called."""

    text: str


class Names(Contract, id="greetings.names"):
    """Names of people."""

    @get("/names/{key}")
    async def name(self, key: str) -> Name:
        """Return the name of somebody."""
        ...
