"""What random plans call."""

from collections.abc import Mapping

from maestri.contracts import Contract, Outcome, get, post
from maestri.errors import Rejected


class Refused(Rejected, id="oracle.refused"):
    """The oracle does not want to."""


class Oracle(Contract, id="oracle"):
    """Answers the step's name and what became of its argument."""

    @get("/read/{step}/{argument}", raises=[Refused])
    async def read(self, step: str, argument: str) -> str:
        """Read."""
        ...

    @get("/item/{step}/{argument}", raises=[Refused])
    async def item(self, step: str, argument: str) -> str:
        """Read what has a batch."""
        ...

    @get("/items/{step}", batch_of="item", batch_max=4)
    async def items(self, step: str, arguments: tuple[str, ...]) -> Mapping[str, Outcome[str]]:
        """Read a batch."""
        ...

    @post("/command/{step}/{argument}", raises=[Refused])
    async def command(self, step: str, argument: str) -> str:
        """Change something."""
        ...
