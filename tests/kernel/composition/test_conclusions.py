"""What a caller may conclude is never more than what is known."""
# mypy: disable-error-code="empty-body"

from typing import cast

import pytest

from maestri.composition import Composer, Orchestrator, serve
from maestri.contracts import (
    Contract,
    LeftOut,
    Message,
    ReceivedRequest,
    codec_of,
    get,
    operation_of,
    put,
)
from maestri.errors import ConnectFailed, ContractError, Faulted, InvalidRequest, OutcomeUnknown
from maestri.links import Invoker, LocalLink, stub
from maestri.plans import call, composition, left_out, optional, otherwise


class Shown(Message):
    """What a shelf shows."""

    texts: tuple[str, ...]
    left_out: LeftOut = ()


class Low(Contract, id="low"):
    """Writes, reads and refuses."""

    @get("/read")
    async def read(self) -> str: ...

    @get("/refuse")
    async def refuse(self) -> str: ...

    @put("/write/{text}")
    async def write(self, text: str) -> str: ...


class LowService(Low):
    """Cannot be read; refuses requests; writes, but breaks at "bad" and answers "odd" oddly."""

    def __init__(self) -> None:
        self.written: list[str] = []

    async def read(self) -> str:
        raise ConnectFailed("nobody there")

    async def refuse(self) -> str:
        raise InvalidRequest(field="inner", reason="is ours")

    async def write(self, text: str) -> str:
        self.written.append(text)
        if text == "bad":
            raise Faulted("broke")
        return cast("str", object()) if text == "odd" else text


class High(Contract, id="high"):
    """Orchestrates by hand, and by plans."""

    @put("/by_hand/{text}")
    async def write_and_read(self, text: str) -> str: ...

    @get("/refused")
    async def refused_by_hand(self) -> str: ...

    @get("/without")
    async def without_refused(self) -> Shown: ...

    @put("/best_effort/{text}")
    async def best_effort(self, text: str) -> Shown: ...


@composition
def without_refused() -> Shown:
    """Do without what refuses."""
    refused = optional(call(Low.refuse))
    return Shown((otherwise(refused, "nothing"),), left_out=left_out())


@composition
def best_effort(text: str) -> Shown:
    """Write if it works."""
    optional(call(Low.write, text))
    return Shown((text,), left_out=left_out())


class HighService(Orchestrator, High):
    """High, over Low."""

    def __init__(self, low: Low) -> None:
        super().__init__(Composer({"low": low}))
        self.low = low

    without_refused = serve(without_refused)
    best_effort = serve(best_effort)

    async def write_and_read(self, text: str) -> str:
        await self.low.write(text)
        return await self.low.read()

    async def refused_by_hand(self) -> str:
        return await self.low.refuse()


def high(*, strict: bool) -> High:
    """Return High over local links."""
    low = stub(Low, LocalLink(Invoker(LowService(), "low"), strict=strict))
    return stub(High, LocalLink(Invoker(HighService(low), "high"), strict=strict))


async def test_nothing_was_done_is_not_said_after_a_command() -> None:
    """A hand-written command that has written, and is then refused below, is in doubt."""
    with pytest.raises(OutcomeUnknown):
        await high(strict=False).write_and_read("a")


async def test_a_callees_refusal_is_not_the_clients_fault() -> None:
    """A request that was ours and is refused as unfit is a fault of ours."""
    with pytest.raises(Faulted):
        await high(strict=False).refused_by_hand()


async def test_an_optional_part_may_be_refused_as_unfit() -> None:
    """Our own wrong question does not take the page with it."""
    shown = await high(strict=True).without_refused()

    assert Shown(("nothing",), ("refuse",)) == shown


async def test_an_answer_of_another_type_is_a_fault_locally_too() -> None:
    """What could not be sent over a network is Faulted over a local link, not a TypeError."""
    low = stub(Low, LocalLink(Invoker(LowService(), "low")))

    with pytest.raises(Faulted):
        await low.write("odd")


async def test_a_command_that_nobody_needs_may_fail() -> None:
    """An optional command whose value is unused is handled, and reported."""
    shown = await high(strict=False).best_effort("bad")

    assert Shown(("bad",), ("write",)) == shown


def test_a_value_that_leaves_no_trace_must_be_the_default() -> None:
    """None in a query would arrive as another default, so it is refused at definition."""

    def define() -> type[Contract]:
        class Wrong(Contract, id="wrong"):
            @get("/x")
            async def x(self, n: int | None = 5) -> str: ...

        return Wrong

    with pytest.raises(ContractError, match="leaves no trace"):
        define()


def test_letters_that_look_like_an_escape_are_letters() -> None:
    """A backslash that is itself escaped does not begin the escape of a NUL."""

    class Told(Message):
        text: str

    class Ear(Contract, id="ear"):
        @put("/told")
        async def hear(self, told: Told) -> None: ...

    operation = operation_of(Ear.hear)
    assert operation is not None
    read = codec_of(operation).arguments
    given = ReceivedRequest({}, b"", {"content-type": "application/json"}, b'{"text": "\\\\u0000"}')

    assert (Told("\\u0000"),) == read(given)
    with pytest.raises(InvalidRequest, match="NUL"):
        read(given._replace(body=b'{"text": "\\u0000"}'))
