"""A member that this side does not know yet arrives as the fallback, whatever holds it."""

import enum
from collections.abc import Mapping
from typing import Annotated, Any, Generic, NewType, TypeVar

import msgspec
import pytest

from maestri.contracts import (
    Contract,
    Cookie,
    Form,
    Header,
    Message,
    Outcome,
    Problem,
    ReceivedRequest,
    Succeeded,
    codec_of,
    error_of,
    fallback,
    fallback_of,
    parse_selection,
    post,
)
from maestri.errors import ContractError, Rejected

T = TypeVar("T")


class Colour(enum.Enum):
    """Colours that stay."""

    RED = "red"


@fallback("OTHER")
class Size(enum.Enum):
    """Sizes that may grow."""

    SMALL = "small"
    OTHER = "other"


@fallback("UNKNOWN")
class Level(enum.IntEnum):
    """Numbers that may grow."""

    UNKNOWN = 0
    LOW = 1


class Held(msgspec.Struct, Generic[T], frozen=True):
    """A message that holds a value, and itself."""

    value: T
    below: "tuple[Held[T], ...]" = ()


class Tagged(Message, tag="tagged"):
    """One of several messages."""

    size: Size


class Other(Message, tag="other"):
    """Another one."""

    size: Size | None = None


class Fitting(Message):
    """What a form sends."""

    size: Size
    more: tuple[Size, ...] = ()


OTHER, SMALL = Size.OTHER, Size.SMALL
HELD: list[tuple[Any, bytes, Any]] = [
    (Size, b'"huge"', OTHER),
    (Level, b"7", Level.UNKNOWN),
    (Size | None, b'"huge"', OTHER),
    (Size | int, b'"huge"', OTHER),
    (Size | Tagged | None, b'"huge"', OTHER),
    (tuple[Size, ...], b'["huge","small","tiny"]', (OTHER, SMALL, OTHER)),
    (tuple[Size | None, ...], b'["huge",null]', (OTHER, None)),
    (tuple[Size, Level], b'["huge",7]', (OTHER, Level.UNKNOWN)),
    (frozenset[Size], b'["huge","small","tiny"]', frozenset({OTHER, SMALL})),
    (frozenset[Level] | None, b"[7,8]", frozenset({Level.UNKNOWN})),
    (Mapping[str, Size], b'{"a":"huge"}', {"a": OTHER}),
    (Mapping[str, frozenset[Size]], b'{"a":["huge"]}', {"a": frozenset({OTHER})}),
    (Mapping[str, Outcome[Size]], b'{"a":{"outcome":"succeeded","value":"huge"}}',
     {"a": Succeeded(OTHER)}),
    (Held[Size], b'{"value":"huge","below":[{"value":"tiny"}]}', Held(OTHER, (Held(OTHER),))),
    (Held[frozenset[Size]], b'{"value":["huge"]}', Held(frozenset({OTHER}))),
    (Tagged | Other, b'{"type":"tagged","size":"huge"}', Tagged(OTHER)),
]  # fmt: skip


def taking(*kinds: Any, result: Any = None) -> Any:
    """Return the codec of an operation with parameters of those *kinds*."""
    names = [f"a{index}" for index in range(len(kinds))]
    namespace: dict[str, Any] = {}
    exec(f"async def operation(self, {', '.join(names)}): ...", namespace)
    operation = namespace["operation"]
    operation.__annotations__ = {**dict(zip(names, kinds, strict=True)), "return": result}
    contract: Any = type("Made", (Contract,), {"operation": post("/{a0}")(operation)}, id="made")
    return codec_of(contract.operations["operation"])


@pytest.mark.parametrize(("kind", "sent", "arrives"), HELD)
def test_an_unknown_member_of_a_result_is_the_fallback(
    kind: Any, sent: bytes, arrives: Any
) -> None:
    """A newer callee may answer it, whole or in part."""
    codec = taking(str, result=kind)

    assert arrives == codec.result(sent, None)
    partial = taking(str, result=Mapping[str, Held[kind]])
    found = partial.result(b'{"a":{"value":%s}}' % sent, parse_selection("value"))
    assert arrives == found["a"].value


@pytest.mark.parametrize(("kind", "sent", "arrives"), HELD)
def test_an_unknown_member_of_an_argument_is_the_fallback(
    kind: Any, sent: bytes, arrives: Any
) -> None:
    """A newer caller may send it in a body."""
    received = ReceivedRequest({"a0": "x"}, b"", {}, b'{"a1":%s,"a2":true}' % sent)

    assert ("x", arrives, True) == taking(str, kind, bool).arguments(received)


def test_an_unknown_member_as_text_is_the_fallback() -> None:
    """In a path, a header, a cookie and a form, too."""
    codec = taking(
        Size,
        Annotated[Size, Header("x-a")],
        Annotated[Level, Cookie("b")],
        Annotated[Fitting, Form()],
    )
    headers = {"x-a": "huge", "cookie": "b=7", "content-type": "application/x-www-form-urlencoded"}
    received = ReceivedRequest({"a0": "huge"}, b"", headers, b"size=huge&more=small&more=tiny")

    assert (OTHER, OTHER, Level.UNKNOWN, Fitting(OTHER, (SMALL, OTHER))) == codec.arguments(
        received
    )


class TooLarge(Rejected, id="made.too_large"):
    """An error that says which sizes fit."""

    fitting: frozenset[Size]


def test_an_unknown_member_of_an_error_is_the_fallback() -> None:
    """It stays the error that was raised."""
    problem = Problem(
        "urn:maestri:rejected:made.too_large", fields=msgspec.Raw(b'{"fitting":["x"]}')
    )

    found = error_of(problem, [TooLarge], "made.operation")

    assert (TooLarge, {"fitting": frozenset({OTHER})}) == (type(found), found.fields)  # type: ignore[attr-defined]  # of a Rejected


def test_without_a_fallback_an_unknown_member_is_refused() -> None:
    """Nobody said what it could mean."""
    assert ("other", None) == (fallback_of(Size), fallback_of(Colour))
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'"blue"', type=Colour)


class Rights(enum.Flag):
    """Values that are several at once."""

    READ = 1
    WRITE = 2


class Decided(enum.Enum):
    """An enum without members, that decides about unknown values."""

    @classmethod
    def _missing_(cls, value: object) -> Any:
        raise ValueError(value)


class Deciding(Decided):
    """An enum with members, that decides as well."""

    RED = "red"


class Shaded(Message):
    """A message that holds an enum that may grow."""

    size: Size | None = None


@pytest.mark.parametrize(
    "kind",
    [Mapping[Size, int], Mapping[Size, Outcome[int]], tuple[Mapping[Level, str] | None, ...]],
)
def test_an_enum_with_a_fallback_is_no_key_of_a_mapping(kind: Any) -> None:
    """Two unknown members would become one entry, and an older batch answer for neither."""
    with pytest.raises(ContractError, match="send a tuple of Messages"):
        taking(str, result=kind)


@pytest.mark.parametrize("item", [Size, Level | None, Shaded, tuple[Size, int]])
def test_a_frozenset_may_shrink_where_its_enum_may_grow(item: Any) -> None:
    """Unknown members become one, so at least two may not be asked for."""
    generic: Any = frozenset
    least: list[Any] = [Annotated[generic[item], msgspec.Meta(min_length=n)] for n in (1, 2)]
    name: Any = NewType

    for kind in (least[1], name("Named", least[1]), least[1] | None):
        with pytest.raises(ContractError, match="be too few"):
            taking(str, kind)
    assert taking(str, least[0])


def test_a_fallback_is_a_member_and_alone_decides() -> None:
    """What unknown values become must be sent, and a Flag makes new values of several."""
    for kind, member in ((Colour, "GREEN"), (Rights, "READ"), (Deciding, "RED")):
        with pytest.raises(ContractError, match="must be one of its members"):
            fallback(member)(kind)
