"""A declaration that some link could not keep is refused where it is written."""

import enum
from collections.abc import AsyncIterator, Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec
import pytest

from maestri.contracts import (
    Body,
    Contract,
    Cookie,
    Form,
    Header,
    Message,
    Query,
    Reply,
    delete,
    get,
    patch,
    post,
    put,
)
from maestri.errors import CallError, ContractError, Rejected
from tests.kernel.contracts.contract import Login, Maker, UnknownPart
from tests.kernel.contracts.declarations import declared, method

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A generic message."""

    items: tuple[T, ...]


class Endless(msgspec.Struct, Generic[T], frozen=True):
    """A generic message that holds itself, of ever more types."""

    below: "Endless[tuple[T, ...]] | None" = None


class Share(enum.Enum):
    """An enum of floats, which JSON readers round."""

    HALF = 0.5


class Same(Rejected, id="parts.unknown"):
    """Another error under the id of a first one."""


class Fluid(Rejected, id="test.fluid"):
    """An error with a field that could change."""

    values: list[int]


class Holder(Message):
    """A message with a mapping by messages."""

    by_maker: Mapping[Maker, int] = {}


class Nested(Message):
    """A form within a form."""

    login: Login


NOT_IN_A_QUERY = [
    Maker,
    Maker | None,
    tuple[Maker, ...],
    Mapping[str, int],
    tuple[tuple[int, ...], ...],
    tuple[int, str],
    tuple[int | None, ...],
    tuple[int, ...] | None,
    int | str,
    Literal["1", 1],
    Literal[True],
    msgspec.Raw,
]


@pytest.mark.parametrize("kind", NOT_IN_A_QUERY)
@pytest.mark.parametrize("place", [Query, Header, Cookie])
def test_what_is_no_text_is_not_sent_as_text(kind: Any, place: Any) -> None:
    """A query, a header and a cookie hold plain values; of several kinds nobody knows which."""
    with pytest.raises(ContractError, match="parameter 'a'"):
        declared(post("/a")(method({"a": Annotated[kind, place()]}, a=None)))
    with pytest.raises(ContractError, match="parameter 'a'"):
        declared(get("/a")(method({"a": kind}, a=None)))
    with pytest.raises(ContractError, match="parameter 'a'"):
        declared(delete("/a")(method({"a": kind}, a=None)))


@pytest.mark.parametrize(
    "kind", [tuple[str, ...], frozenset[int], str | None, Maker, int | None, Mapping[str, str]]
)
def test_a_part_of_a_path_is_one_value(kind: Any) -> None:
    """Neither several values nor none make a segment."""
    with pytest.raises(ContractError, match="parameter 'a'"):
        declared(get("/{a}")(method({"a": kind}, a=None)))


def test_a_header_is_one_value() -> None:
    """Repeated headers are joined on their way."""
    with pytest.raises(ContractError, match="parameter 'a'"):
        declared(get("/a")(method({"a": Annotated[tuple[str, ...], Header()]}, a=())))


@pytest.mark.parametrize(
    "kind",
    [
        Mapping[Maker, int],
        Mapping[tuple[int, ...], int],
        Mapping[bool, int],
        Mapping[str | None, int],
        Holder,
        Share,
        Maker | Login,
        tuple[int, ...] | frozenset[int],
        int | Share,
        Page[Any],
        Page,
        T,
        Page[list[int]],
        msgspec.UnsetType,
        int | msgspec.UnsetType,
        set[int],
        object,
        Callable[[], int],
    ],
)
def test_what_json_cannot_tell_is_refused(kind: Any) -> None:
    """In a body, in an answer and in an error alike."""
    error = type("Odd", (Rejected,), {"__annotations__": {"odd": kind}}, id="test.odd")

    with pytest.raises(ContractError, match="parameter 'a'"):
        declared(post("/a")(method({"a": kind})))
    with pytest.raises(ContractError, match="result"):
        declared(post("/a")(method({}, kind)))
    with pytest.raises(ContractError, match=r"field Odd\.odd"):
        declared(post("/a", raises=[error])(method({})))


def test_an_id_is_one_error_in_a_contract() -> None:
    """Callers would get one class where another was raised."""
    one, other = (type("Odd", (Rejected,), {}, id="test.odd") for _ in range(2))
    first, second = (
        post(f"/{name}", id=name, raises=[error])(method({}))
        for name, error in (("a", one), ("b", other))
    )

    with pytest.raises(ContractError, match="declare the same class"):
        type("Made", (Contract,), {"first": first, "second": second}, id="made")


class Closed(Message, forbid_unknown_fields=True):
    """A message that could never get a new field."""

    a: int


class AlwaysUnset(Message):
    """A field that may be left out and must be there."""

    a: int | msgspec.UnsetType


class Moving(msgspec.Struct, frozen=True, array_like=True):
    """A field that is told by its position, and may be left out."""

    a: int | msgspec.UnsetType = msgspec.UNSET


Keyword = msgspec.defstruct("Keyword", [("from", int)], frozen=True)


@pytest.mark.parametrize(
    ("kind", "remedy"),
    [
        (Closed, "leave the option out"),
        (AlwaysUnset, "let UNSET be its default"),
        (Moving, "let it be None"),
        (Keyword, "call it so on the wire"),
    ],
)
def test_a_message_can_grow_and_arrive(kind: Any, remedy: str) -> None:
    """Older peers drop fields that they do not know, and what may be left out is not required."""
    for held in (kind, tuple[kind, ...]):
        with pytest.raises(ContractError, match=remedy):
            declared(post("/a")(method({"a": held})))
        with pytest.raises(ContractError, match=remedy):
            declared(post("/a")(method({}, held)))


def test_an_unknown_option_is_refused() -> None:
    """With those that there are: an option of the contract is none of an operation."""
    options: Any = {"edge": True}
    with pytest.raises(ContractError, match="no option edge; there are batch_max, batch_of, etag"):
        declared(get("/a", **options)(method({})))


def test_a_type_without_end_is_refused() -> None:
    """It is found when it is declared, and named."""
    with pytest.raises(ContractError, match="holds more than"):
        declared(post("/a")(method({"a": Endless[int]})))
    with pytest.raises(ContractError, match=r"result.*too deep"):
        declared(post("/a")(method({}, Endless[int])))


UNFIT: list[tuple[Any, Any]] = [
    (Annotated[int, msgspec.Meta(ge=1)], 0),
    (int, "1"),
    (int, True),
    (int, 2**64),
    (Literal["a"], "b"),
    (float, float("nan")),
    (Decimal, Decimal("NaN")),
    (str, "\ud800"),
    (Maker, None),
    (tuple[int, ...], ("a",)),
]


@pytest.mark.parametrize(("kind", "default"), UNFIT)
@pytest.mark.parametrize("made", [False, True])
def test_a_default_of_a_field_fits(kind: Any, default: Any, *, made: bool) -> None:
    """It fills in what an older peer does not send, and nobody looks at it there."""
    given: Any = {"default_factory": lambda: default} if made else {"default": default}
    message = msgspec.defstruct("Grown", [("a", kind, msgspec.field(**given))], frozen=True)

    with pytest.raises(ContractError, match=r"result, field Grown\.a: its default"):
        declared(post("/a")(method({}, message)))
    with pytest.raises(ContractError, match=r"parameter 'b', field Grown\.a: its default"):
        declared(post("/a")(method({"b": tuple[message, ...]})))  # type: ignore[valid-type]  # made


@pytest.mark.parametrize(("kind", "default"), UNFIT)
def test_a_default_of_an_error_fits(kind: Any, default: Any) -> None:
    """Errors gain fields as messages do."""
    members = {"__annotations__": {"odd": kind}, "odd": default}
    error = type("Odd", (Rejected,), members, id="test.odd")

    with pytest.raises(ContractError, match=r"field Odd\.odd: its default"):
        declared(post("/a", raises=[error])(method({})))


@pytest.mark.parametrize(("given", "default"), [*UNFIT, (str, "a\x00")])
def test_a_default_fits(given: Any, default: Any) -> None:
    """A default is sent as any other value, and so must be accepted."""
    with pytest.raises(ContractError, match="default"):
        declared(post("/a")(method({"a": given, "b": int}, a=default, b=1)))


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("/a/{a}{b}", {"a": str, "b": str}),
        ("/{a}.json", {"a": str}),
        ("/{a}/{a}", {"a": str}),
        ("/{}", {}),
        ("/a b", {}),
        ("/a?b=1", {}),
        ("/a#b", {}),
        ("/a/../b", {}),
        ("/a//b", {}),
        ("/ä", {}),
    ],
)
def test_a_path_leads_to_one_place(path: str, kinds: dict[str, Any]) -> None:
    """Each parameter is a whole segment, and no segment is changed on its way."""
    with pytest.raises(ContractError, match="the path"):
        declared(get(path)(method(kinds)))


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [
        ({"a": Annotated[str, Query(), Header()]}, "travels in one place"),
        ({"a": Annotated[str, Header("content-type")]}, "is the transport's own"),
        ({"a": Annotated[str, Header("maestri-identity")]}, "is the transport's own"),
        ({"a": Annotated[str, Header("idempotency-key")]}, "is the transport's own"),
        ({"a": Annotated[str, Header("not a name")]}, "is no name of a header"),
        ({"a": Annotated[str, Cookie("a;b")]}, "is no name of a cookie"),
        (
            {"a": Annotated[str, Query("x")], "b": Annotated[str, Query("x")]},
            "under one name in one place",
        ),
        (
            {"a": Annotated[str, Header("X")], "b": Annotated[str, Header("x")]},
            "under one name in one place",
        ),
        ({"a": Annotated[str, Form()]}, "a form is a Message"),
        ({"a": Annotated[Nested, Form()]}, "field login: Login is no text"),
        ({"a": Annotated[Login, Form()], "b": Annotated[Login, Body()]}, "is the whole body"),
    ],
)
def test_a_parameter_travels_in_one_place_of_its_own(kinds: dict[str, Any], reason: str) -> None:
    """Two places, a name twice, a name of the transport's: somebody would be overheard."""
    with pytest.raises(ContractError, match=reason):
        declared(post("/a")(method(kinds)))


@pytest.mark.parametrize("declare", [get, delete])
@pytest.mark.parametrize("place", [Body, Form])
def test_a_request_without_body_has_none(declare: Any, place: Any) -> None:
    """A body of GET or DELETE means nothing (RFC 9110), and is dropped on the way."""
    with pytest.raises(ContractError, match="has no body"):
        declared(declare("/a")(method({"a": Annotated[Login, place()]})))


def test_what_the_path_names_is_in_the_path() -> None:
    """A marker cannot say otherwise."""
    with pytest.raises(ContractError, match="one place"):
        declared(get("/{a}")(method({"a": Annotated[str, Query()]})))


OPTIONS: list[tuple[Any, dict[str, Any], str]] = [
    (get, {"safe": False}, "GET only reads"),
    (put, {"safe": True}, "PUT has side effects"),
    (patch, {"safe": True}, "PATCH has side effects"),
    (delete, {"safe": True}, "DELETE has side effects"),
    (get, {"idempotent": False}, "idempotent"),
    (put, {"idempotent": False}, "idempotent"),
    (delete, {"idempotent": False}, "idempotent"),
    (post, {"safe": True, "idempotent": False}, "idempotent"),
    (post, {"safe": 1}, "safe is True or False"),
    (get, {"batch_max": 5}, "batch_max is about batches"),
    (get, {"batch_of": "other", "batch_max": 0}, "at least 1"),
    (get, {"batch_of": "other", "batch_max": -1}, "at least 1"),
    (get, {"batch_of": "other", "batch_max": True}, "at least 1"),
    (get, {"media_type": "text"}, "type/subtype"),
    (get, {"media_type": "text/html; charset=utf-8"}, "type/subtype"),
    (get, {"media_type": "Text/HTML"}, "type/subtype"),
    (get, {"media_type": "text/html"}, "carries str, bytes or a stream"),
    (get, {"etag": True}, "only for the edge"),
    (get, {"timeout_s": 1.0}, "only for the edge"),
    (get, {"max_age_s": 1}, "only for the edge"),
    (get, {"raises": [ValueError]}, "subclasses of Rejected"),
    (get, {"raises": [CallError]}, "subclasses of Rejected"),
    (get, {"raises": [Rejected]}, "subclasses of Rejected"),
    (get, {"raises": [UnknownPart, Same]}, "have the id"),
    (get, {"raises": [Fluid]}, "list"),
    (get, {"id": ""}, "the id"),
    (get, {"id": "a b"}, "the id"),
    (get, {"cache": 5}, "no option cache"),
    (get, {"id": 5}, "the id 5"),
    (get, {"id": None}, "the id None"),
    (get, {"media_type": None}, "type/subtype"),
    (get, {"batch_of": ["other"]}, "batch_of is the name"),
    (get, {"raises": UnknownPart}, "raises is a list of errors"),
    (get, {"raises": None}, "raises is a list of errors"),
]
AT_THE_EDGE: list[tuple[Any, dict[str, Any], str]] = [
    (post, {"etag": True}, "only a GET"),
    (post, {"etag": True, "safe": True}, "only a GET"),
    (post, {"max_age_s": 5}, "kept by nobody"),
    (get, {"max_age_s": -1}, "at least 0"),
    (get, {"max_age_s": 1.5}, "at least 0"),
    (get, {"timeout_s": 0}, "finite number above 0"),
    (get, {"timeout_s": -1.0}, "finite number above 0"),
    (get, {"timeout_s": float("nan")}, "finite number above 0"),
    (get, {"timeout_s": float("inf")}, "finite number above 0"),
    (get, {"timeout_s": True}, "finite number above 0"),
    (get, {"timeout_s": "5"}, "finite number above 0"),
]


@pytest.mark.parametrize(
    ("declare", "options", "reason", "edge"),
    [(*case, False) for case in OPTIONS] + [(*case, True) for case in AT_THE_EDGE],
)
def test_options_that_contradict_are_refused(
    declare: Any, options: dict[str, Any], reason: str, *, edge: bool
) -> None:
    """Each other, the method, the result, or the place of the contract."""
    with pytest.raises(ContractError, match=reason):
        declared(declare("/a", **options)(method({}, Maker)), edge=edge)


def test_a_reply_is_for_clients() -> None:
    """Inside, a status and headers would arrive over one link and not over another."""
    with pytest.raises(ContractError, match="only at the edge"):
        declared(get("/a")(method({}, Reply[str])))
    assert declared(get("/a")(method({}, Reply[str])), edge=True).operations


def test_a_stream_has_no_etag() -> None:
    """What it would be made of is known only when all was sent."""
    streaming = get("/a", etag=True, media_type="text/plain")(method({}, AsyncIterator[bytes]))

    with pytest.raises(ContractError, match="a stream has no ETag"):
        declared(streaming, edge=True)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"prefix": "/a"}, "a prefix is only for the edge"),
        ({"edge": True, "prefix": "a"}, "must be like '/shop'"),
        ({"edge": True, "prefix": "/a/"}, "must be like '/shop'"),
        ({"edge": True, "prefix": 5}, "must be like '/shop'"),
        ({"edge": True, "external": lambda *_: None}, "ours, not an external service"),
        ({"external": "weather"}, "external is a function of status and body"),
        ({"id": 5}, "the id 5 may have letters"),
        ({"id": "a b"}, "the id 'a b' may have letters"),
    ],
)
def test_settings_of_a_contract_that_contradict_are_refused(
    settings: dict[str, Any], reason: str
) -> None:
    """A prefix leads clients, who are never those of an external service."""
    with pytest.raises(ContractError, match=reason):
        declared(get("/a")(method({})), **settings)
