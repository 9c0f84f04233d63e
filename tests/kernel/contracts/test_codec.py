"""A call means the same after it was encoded and decoded, and what does not fit is refused."""

import enum
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import unquote

import pytest

from maestri.contracts import (
    Codec,
    Contract,
    Failed,
    Operation,
    Query,
    ReceivedRequest,
    Succeeded,
    codec_of,
    fallback,
    parse_selection,
    post,
)
from maestri.errors import Faulted, InvalidRequest, UnsupportedMediaType
from tests.kernel.contracts.contract import Counter, Login, Maker, Part, Parts, Sku, UnknownPart

PART = Part(Sku("a"), "Axle", Maker("Ada", "GB"), (Maker("Bo", "SE"),))
OPERATIONS = Parts.operations


def received(operation: Operation, arguments: tuple[Any, ...]) -> ReceivedRequest:
    """Return what a server receives when the call is sent."""
    request = codec_of(operation).request(arguments)
    path, _, query = request.target.partition("?")
    given = zip(operation.path.split("/"), path.split("/"), strict=True)
    values = {name[1:-1]: unquote(value) for name, value in given if name.startswith("{")}
    return ReceivedRequest(values, query.encode(), dict(request.headers), request.body or b"")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("part", ("a/b ?#%ü",)),
        ("parts", (("a", "b,c", ""),)),
        ("parts", ((),)),
        ("listing", (2, "price", True, ("x", "y&z=1"))),
        ("listing", (1, "name", False, ())),
        ("add", (PART,)),
        ("order", (PART, 3, "now")),
        ("rename", ("a", "Axis")),
        ("replace", ("a", PART)),
        ("remove", ("a",)),
        ("search", (("x", "y"),)),
    ],
)
def test_arguments_survive_the_wire(name: str, arguments: tuple[Any, ...]) -> None:
    """What is decoded equals what was encoded, wherever it travels."""
    operation = OPERATIONS[name]

    assert arguments == codec_of(operation).arguments(received(operation, arguments))


def test_a_message_alone_is_the_body() -> None:
    """One Message is the whole body; with other values it is a member of it."""
    alone = codec_of(OPERATIONS["add"]).request((PART,)).body
    among = codec_of(OPERATIONS["order"]).request((PART, 3, "")).body

    assert alone is not None
    assert among is not None
    assert alone.startswith(b'{"sku":"a"')
    assert among.startswith(b'{"part":{"sku":"a"')


def test_defaults_fill_what_is_not_sent() -> None:
    """A parameter that does not arrive has its default."""
    operation = OPERATIONS["listing"]

    assert (4, "name", False, ()) == codec_of(operation).arguments(
        ReceivedRequest({"page": "4"}, b"", {}, b"")
    )


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("0", b"", "page"),
        ("x", b"", "page"),
        ("1\x00", b"", "page"),
        ("1", b"sort=size", "sort"),
        ("1", b"sort=name&sort=name", "sort"),
        ("1", b"exact=perhaps", "exact"),
        ("1", b"q=%00", "q"),
        ("1", b"q=%ff", "query"),
    ],
)
def test_a_parameter_that_does_not_fit_is_named(path: str, query: bytes, field: str) -> None:
    """A refusal says which parameter it is about."""
    with pytest.raises(InvalidRequest) as caught:
        codec_of(OPERATIONS["listing"]).arguments(ReceivedRequest({"page": path}, query, {}, b""))

    assert field == caught.value.field


@pytest.mark.parametrize("sku", ["", ".", ".."])
def test_a_segment_that_would_vanish_cannot_be_sent(sku: str) -> None:
    """On either side, and without a network too, such a parameter is refused."""
    codec = codec_of(OPERATIONS["part"])
    refusing: list[Callable[[], object]] = [
        lambda: codec.request((sku,)),
        lambda: codec.checked((sku,)),
        lambda: codec.copied_arguments((sku,)),
        lambda: codec.arguments(ReceivedRequest({"sku": sku}, b"", {}, b"")),
    ]

    for refuse in refusing:
        with pytest.raises(InvalidRequest):
            refuse()


def test_unknown_fields_are_refused_at_the_edge_only() -> None:
    """A newer caller inside may send more; a client that mistypes is told so."""
    more = ReceivedRequest({}, b"", {}, b'{"text": "x", "star": 1}')
    inside = ReceivedRequest({"sku": "a"}, b"", {}, b'{"title": "x", "more": 1}')

    assert ("a", "x") == codec_of(OPERATIONS["rename"]).arguments(inside)
    with pytest.raises(InvalidRequest):
        codec_of(Counter.operations["note"]).arguments(more)


def edge(body: bytes, media_type: str = "application/x-www-form-urlencoded") -> ReceivedRequest:
    """Return a form as it is received."""
    return ReceivedRequest({}, b"", {"content-type": media_type}, body)


def test_a_form_becomes_a_message() -> None:
    """Repeated fields are a tuple, numbers are numbers."""
    codec = codec_of(Counter.operations["login"])
    (login,) = codec.arguments(edge(b"name=Ada+L&interests=a&interests=%C3%A4&age=36"))

    assert Login("Ada L", ("a", "ä"), 36) == login


@pytest.mark.parametrize("body", [b"", b"name=%00", b"name=%ff", b"name=A&age=old", b"\xff"])
def test_a_form_that_does_not_fit_is_refused(body: bytes) -> None:
    """A missing field, a NUL, broken UTF-8 and a wrong type are mistakes of the client."""
    with pytest.raises(InvalidRequest):
        codec_of(Counter.operations["login"]).arguments(edge(body))


def test_a_body_of_another_media_type_is_refused() -> None:
    """JSON is not read as a form."""
    with pytest.raises(UnsupportedMediaType) as caught:
        codec_of(Counter.operations["login"]).arguments(edge(b"{}", "application/json"))

    assert "application/x-www-form-urlencoded" == caught.value.expected


def test_cookies_and_headers_are_read_by_name() -> None:
    """A parameter can come from a cookie or a header."""
    headers = {"cookie": 'a=1; sid="x"; sid=y', "accept-language": "de"}
    codec = codec_of(Counter.operations["me"])

    assert ("x", "de") == codec.arguments(ReceivedRequest({}, b"", headers, b""))
    assert ("", "en") == codec.arguments(ReceivedRequest({}, b"", {}, b""))


@pytest.mark.parametrize("body", [b"{", b"[" * 2_000 + b"]" * 2_000, b'{"title": "\xff"}'])
def test_a_broken_body_is_the_callers_mistake_and_a_broken_response_a_fault(body: bytes) -> None:
    """Who sent it is who is wrong."""
    codec = codec_of(OPERATIONS["rename"])

    with pytest.raises(InvalidRequest):
        codec.arguments(ReceivedRequest({"sku": "a"}, b"", {}, body))
    with pytest.raises(Faulted):
        codec.result(body, None)


@pytest.mark.parametrize(
    ("name", "body", "field", "reason"),
    [
        ("rename", b"", "body", "is empty"),
        ("rename", b" \r\n\t", "body", "is empty"),
        ("rename", b'{"title": "\xff"}', "body", "is not UTF-8"),
        ("rename", b"{}", "title", "is missing"),
        ("order", b'{"part": {"sku": "a"}, "count": 1}', "part.title", "is missing"),
        ("add", b'{"sku": "a", "title": "x", "fits": [{}]}', "fits[0].name", "is missing"),
    ],
)
def test_a_body_that_does_not_fit_is_told_in_words(
    name: str, body: bytes, field: str, reason: str
) -> None:
    """What is empty, no text or not there is called so, by the name of the field."""
    path = {"sku": "a"} if name == "rename" else {}

    with pytest.raises(InvalidRequest) as caught:
        codec_of(OPERATIONS[name]).arguments(ReceivedRequest(path, b"", {}, body))

    assert (field, reason) == (caught.value.field, caught.value.reason)


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        (b"", "name", "is missing"),
        (b"name=%ff", "body", "is not UTF-8"),
        (b"\xff", "body", "is not UTF-8"),
    ],
)
def test_a_form_that_does_not_fit_is_told_in_words(body: bytes, field: str, reason: str) -> None:
    """A form is refused in the words of any other body."""
    with pytest.raises(InvalidRequest) as caught:
        codec_of(Counter.operations["login"]).arguments(edge(body))

    assert (field, reason) == (caught.value.field, caught.value.reason)


def test_a_query_that_is_no_text_is_told_so() -> None:
    """A query is refused in the words of a path."""
    received = ReceivedRequest({"page": "1"}, b"q=%ff", {}, b"")

    with pytest.raises(InvalidRequest) as caught:
        codec_of(OPERATIONS["listing"]).arguments(received)

    assert ("query", "is not UTF-8") == (caught.value.field, caught.value.reason)


@pytest.mark.parametrize("text", ["sku", "title,maker(name)", "fits(country),sku"])
def test_a_selection_narrows_what_is_sent(text: str) -> None:
    """Only the selected fields are in the body, and the result has only those."""
    codec = codec_of(OPERATIONS["part"])
    selection = parse_selection(text)
    body = codec.body(PART, selection)

    result = codec.result(body, selection)

    assert {name for name, _ in selection.fields} == set(result.__struct_fields__)
    assert len(body) < len(codec.body(PART, None))


def test_a_batch_is_narrowed_value_by_value() -> None:
    """Keys and failures stay; only the values lose fields."""
    codec: Codec = codec_of(OPERATIONS["parts"])
    selection = parse_selection("title")
    value = {"a": Succeeded(PART), "b": Failed.of(UnknownPart(sku=Sku("b")))}

    found = codec.result(codec.body(value, selection), selection)

    assert ("Axle", ("title",)) == (found["a"].value.title, found["a"].value.__struct_fields__)
    assert "urn:maestri:rejected:parts.unknown" == found["b"].problem.type


@fallback("OTHER")
class Mood(enum.Enum):
    """An enum that may grow."""

    GOOD = "good"
    OTHER = "other"


class Asking(Contract, id="asking", edge=True):
    """An edge that takes moods."""

    @post("/moods/{mood}")
    async def ask(self, mood: Mood, more: tuple[Mood, ...], why: Annotated[Mood, Query()]) -> None:
        """Take moods in every place."""
        ...


def test_a_client_is_told_of_an_unknown_member() -> None:
    """Between units a new member becomes the fallback; a client that mistypes one is refused."""
    codec = codec_of(Asking.operations["ask"])
    good = ReceivedRequest({"mood": "good"}, b"why=other", {}, b'{"more": ["good"]}')

    assert (Mood.GOOD, (Mood.GOOD,), Mood.OTHER) == codec.arguments(good)
    for wrong in (
        good._replace(path={"mood": "bad"}),
        good._replace(query=b"why=bad"),
        good._replace(body=b'{"more": ["bad"]}'),
    ):
        with pytest.raises(InvalidRequest):
            codec.arguments(wrong)


def test_a_nul_is_refused_wherever_it_is() -> None:
    """In a field that would be dropped, too; a text that only speaks of one passes."""
    codec = codec_of(OPERATIONS["rename"])

    with pytest.raises(InvalidRequest):
        codec.arguments(ReceivedRequest({"sku": "a"}, b"", {}, b'{"title": "b", "x": "\\u0000"}'))
    assert ("a", "\\u0000") == codec.arguments(
        ReceivedRequest({"sku": "a"}, b"", {}, b'{"title": "\\\\u0000"}')
    )
