"""What random plans call."""

from collections.abc import Mapping

from maestri.contracts import Contract, LeftOut, Message, Outcome, get, post, put
from maestri.errors import Rejected


class Refused(Rejected, id="oracle.refused"):
    """The oracle does not want to."""


class Denied(Rejected, id="oracle.denied"):
    """The oracle must not."""


class Part(Message):
    """What is nested in an answer."""

    text: str
    letter: str
    letters: tuple[str, ...]


class Answer(Message):
    """What every call answers: parts of it may be needed, and others not."""

    text: str
    letter: str
    holds: bool
    letters: tuple[str, ...]
    part: Part
    maybe: Part | None


class Short(Message):
    """The shape of an answer of which little is needed."""

    letter: str
    letters: tuple[str, ...]


class Page(Message):
    """An answer that may lack parts, and says so."""

    answer: Answer
    left_out: LeftOut = ()


class Oracle(Contract, id="oracle"):
    """Answers anything about a subject; *lane* says which commands it may have seen."""

    @get("/read/{subject}", raises=[Refused])
    async def read(self, subject: str, lane: str) -> Answer:
        """Read."""
        ...

    @get("/one/{subject}", raises=[Refused])
    async def one(self, subject: str, lane: str) -> Answer:
        """Read what has a batch."""
        ...

    @get("/many", batch_of="one", batch_max=3)
    async def many(self, subjects: tuple[str, ...], lane: str) -> Mapping[str, Outcome[Answer]]:
        """Read a batch."""
        ...

    @get("/page/{subject}", raises=[Refused])
    async def page(self, subject: str, lane: str) -> Page:
        """Read what may lack parts."""
        ...

    @get("/allowed/{subject}", raises=[Refused])
    async def allowed(self, subject: str, lane: str) -> None:
        """Refuse, or not."""
        ...

    @put("/setting/{subject}", raises=[Refused])
    async def set_to(self, subject: str, lane: str) -> Answer:
        """Change something, the same when done twice."""
        ...

    @post("/addition/{subject}", raises=[Refused, Denied])
    async def add(self, subject: str, lane: str) -> Answer:
        """Change something, again when done twice."""
        ...
