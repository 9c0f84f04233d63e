"""What others may ask greetings."""

from maestri.contracts import Contract, Message, get


class Greeting(Message, frozen=True):
    """What is said."""

    text: str


class Greetings(Contract, id="greetings"):
    """Greets people."""

    @get("/greetings/{person}")
    async def greet(self, person: str) -> Greeting:
        """Return a greeting."""
        ...
