"""What the client may ask."""

from maestri.contracts import Contract, Message, get


class Page(Message, frozen=True):
    """What the client shows."""

    text: str
    pid: int


class Front(Contract, id="front", edge=True):
    """The town's face."""

    @get("/hello/{person}")
    async def hello(self, person: str) -> Page:
        """Greet somebody."""
        ...
