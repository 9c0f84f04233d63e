"""A text stands for the value that was sent, wherever a request has no JSON."""

import enum
from typing import Annotated, Any, Literal, Optional
from urllib.parse import urlsplit

import msgspec
import pytest

from maestri.contracts import (
    Contract,
    Cookie,
    Form,
    Header,
    Message,
    Query,
    ReceivedRequest,
    codec_of,
    fallback,
    post,
)
from maestri.errors import InvalidRequest

Short = Optional[Annotated[str, msgspec.Meta(max_length=4)]]  # noqa: UP045 - no | of Annotated
FORM = "application/x-www-form-urlencoded"


class Odd(enum.Enum):
    """Members whose texts are words of JSON."""

    NOTHING = "null"
    YES = "true"
    ONE = "1"


@fallback("OTHER")
class Mood(enum.Enum):
    """An enum that may grow."""

    GOOD = "good"
    OTHER = "other"


class Filled(Message):
    """A form."""

    tags: tuple[str, ...]
    odd: Odd | None = None
    page: int | None = None
    mood: Mood = Mood.OTHER


def taking(hint: Any, *default: Any, edge: bool = False) -> Any:
    """Return the codec of an operation with one parameter."""

    async def take(self: Any, given: Any) -> None:
        raise NotImplementedError

    take.__annotations__["given"] = hint
    take.__defaults__ = default or None
    made: Any = type("Taker", (Contract,), {"take": post("/take")(take)}, id="taker", edge=edge)
    return codec_of(made.operations["take"])


def arrived(codec: Any, value: Any) -> Any:
    """Return what a callee reads of *value*."""
    request = codec.request((value,))
    headers = {"content-type": FORM, **dict(request.headers)}
    query = urlsplit(request.target).query.encode()
    return codec.arguments(ReceivedRequest({}, query, headers, request.body or b""))[0]


@pytest.mark.parametrize("place", [Query(), Header(), Cookie()])
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *((Odd | None, member) for member in (*Odd, None)),
        *((Literal["null", "none"] | None, member) for member in ("null", "none", None)),
        *((str | None, member) for member in ("null", "None", "", None)),
        *((Short, one) for one in ("null", None)),
    ],
)
def test_a_text_is_never_none(place: Any, kind: Any, value: Any) -> None:
    """None leaves no trace; so a text that JSON would take for it is the member of that name."""
    assert value == arrived(taking(Annotated[kind, place], None), value)


def test_a_field_of_a_form_is_never_none() -> None:
    """A form has texts, too."""
    codec = taking(Annotated[Filled, Form()])

    assert Filled(("a",), Odd.NOTHING) == arrived(codec, Filled(("a",), Odd.NOTHING))


def test_a_text_that_stands_for_nothing_is_refused() -> None:
    """Who wants to say nothing leaves it out."""
    query = taking(Annotated[int | None, Query()], None)
    form = taking(Annotated[Filled, Form()])

    for codec, given in (
        (query, ReceivedRequest({}, b"given=null", {}, b"")),
        (form, ReceivedRequest({}, b"", {"content-type": FORM}, b"tags=a&page=null")),
    ):
        with pytest.raises(InvalidRequest, match="Expected"):
            codec.arguments(given)


def test_an_empty_tuple_in_a_form_arrives() -> None:
    """It leaves no trace, so a form without one has an empty one, as a query has."""
    assert Filled(()) == arrived(taking(Annotated[Filled, Form()]), Filled(()))


def test_a_client_is_told_of_an_unknown_member_in_a_form() -> None:
    """Between units it becomes the fallback; at the edge it is a mistake, as in any other place."""
    given = ReceivedRequest({}, b"", {"content-type": FORM}, b"tags=a&mood=new")

    assert (Filled(("a",), mood=Mood.OTHER),) == taking(Annotated[Filled, Form()]).arguments(given)
    with pytest.raises(InvalidRequest, match="mood"):
        taking(Annotated[Filled, Form()], edge=True).arguments(given)
