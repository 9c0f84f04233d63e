"""A plan may call an external service that is described with status and headers."""

from maestri.composition import Composer
from maestri.contracts import Contract, Message, Reply, get, parse_selection
from maestri.errors import CallError
from maestri.plans import call, composition, program_of


class Forecast(Message):
    """What the service tells."""

    place: str
    celsius: float


class Told(Message):
    """What the plan makes of it."""

    celsius: float
    status: int


def error_of_weather(_: int, __: bytes) -> CallError | None:
    """Every response is a success."""
    return None


class Weather(Contract, id="replies_weather", external=error_of_weather):
    """A service whose responses have headers that count."""

    @get("/v1/forecast")
    async def forecast(self, place: str) -> Reply[Forecast]:
        """Tell the weather."""
        raise NotImplementedError


class Sunny(Weather):
    """It is always sunny."""

    async def forecast(self, place: str) -> Reply[Forecast]:
        """Tell a fine day."""
        return Reply(Forecast(place, 21.5), 203)


@composition
def told(place: str) -> Told:
    """Read the response and its status."""
    reply = call(Weather.forecast, place)
    return Told(reply.value.celsius, reply.status)


async def test_a_reply_is_what_type_checkers_say() -> None:
    """A step's value is the Reply, as it is in hand-written code; its fields can be read."""
    assert Told(21.5, 203) == await Composer({"weather": Sunny()}).run(told, "Oslo")


def test_a_reply_is_asked_for_as_a_whole() -> None:
    """Who replies knows nothing of selections."""
    program = program_of(told, parse_selection("celsius"))

    assert [None] == [
        node.selection for node in program.nodes if node is not None and node.step.word == "call"
    ]
