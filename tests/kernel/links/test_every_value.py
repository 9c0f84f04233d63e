"""What arrives, and what is refused, is the same over every link."""

import datetime as dt
import enum
import math
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest

from maestri.context import new_context
from maestri.contracts import (
    Cookie,
    Form,
    Header,
    Message,
    Succeeded,
    fallback,
    get,
    parse_selection,
    snapshot,
)
from maestri.errors import CallError, Faulted, InvalidRequest, Rejected
from maestri.links import (
    stub,
)
from tests.kernel.links.contract import Shelf
from tests.kernel.links.echo import (
    HEADERS,
    LINKS,
    Inner,
    Kind,
    Level,
    Outer,
    answering,
    echoing,
    linked,
    sent,
)
from tests.kernel.links.shelf import Books

ARRIVING = [
    (str, "größe 日本 \U0001f600"),
    (str, ""),
    (int, 2**64 - 1),
    (int, -(2**63)),
    (float, -0.0),
    (float, 1e308),
    (bool, True),
    (bytes, b"\x00\xff"),
    (Decimal, Decimal("1.00")),
    (uuid.UUID, uuid.UUID(int=7)),
    (dt.date, dt.date(2026, 2, 28)),
    (dt.datetime, dt.datetime(2026, 2, 28, 1, 2, 3, 4, tzinfo=dt.UTC)),
    (Kind, Kind.ONE),
    (Level, Level.LOW),
    (Literal["a", "b"], "b"),
    (tuple[int, ...], (1, 2)),
    (frozenset[int], frozenset({1, 2})),
]
ARRIVING += [
    (Decimal, Decimal("-0")),
    (Decimal, Decimal("1E+2")),
    (tuple[Decimal, ...], (Decimal("-0.0"), Decimal("1.50"))),
    (tuple[str, ...], ("NaN", "Infinity")),
    (
        dt.datetime,
        dt.datetime(2026, 2, 28, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=-3, minutes=-30))),
    ),
]
IN_BODIES = [
    (tuple[int, str], (1, "a")),
    (tuple[tuple[int, ...], ...], ((1,), ())),
    (Mapping[int, str], {1: "a"}),
    (Mapping[uuid.UUID, Inner], {uuid.UUID(int=1): Inner("a")}),
    (Mapping[Kind, int], {Kind.ONE: 1}),
    (int | str, "1"),
    (Inner | None, None),
    (Outer, Outer(Inner("a"), (Outer(),), {"x": Inner("b", 2)}, frozenset(Kind), Decimal("2.50"))),
]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(("kind", "value"), [*ARRIVING, *IN_BODIES])
async def test_what_is_declared_arrives_in_a_body(link: str, kind: Any, value: Any) -> None:
    """Value and type are the same on both sides."""
    service = echoing(kind)
    async with linked(service, link) as carrying:
        found = await sent(service, carrying, value)

    assert (value, repr(value)) == (found, repr(found))


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(("kind", "value"), ARRIVING)
async def test_what_is_declared_arrives_in_a_query(link: str, kind: Any, value: Any) -> None:
    """Plain values, and several of them, can be text."""
    service = echoing(kind, declare=get)
    async with linked(service, link) as carrying:
        found = await sent(service, carrying, value)

    assert (value, repr(value)) == (found, repr(found))


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Annotated[str, Header("x-what")], 'a b; c="d"'),
        (Annotated[int, Header()], 7),
        (Annotated[str, Cookie("what")], "a|b"),
        (Annotated[bool, Cookie()], False),
        (Annotated[tuple[str, ...], Cookie()], ("a", "", "b|c")),
        (Annotated[tuple[int, ...], Cookie()], ()),
    ],
)
async def test_headers_and_cookies_arrive(link: str, kind: Any, value: Any) -> None:
    """Over every link, at the edge and inside."""
    for edge in (True, False):
        service = echoing(kind, edge=edge)
        async with linked(service, link) as carrying:
            assert value == await sent(service, carrying, value)


class Order(Message, rename="kebab"):
    """What a form sends."""

    full_name: str
    gift_wrap: bool = False
    many_tags: tuple[str, ...] = ()
    note: str | None = None


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("order", [Order("a"), Order("ä&=", gift_wrap=True, many_tags=("x", "y"))])
async def test_a_form_arrives(link: str, order: Order) -> None:
    """Names on the wire, None, bools and repeated fields survive a form."""
    service = echoing(Annotated[Order, Form()], edge=True)
    async with linked(service, link) as carrying:
        assert order == await sent(service, carrying, order)


ENDLESS = [math.nan, math.inf, -math.inf]
REFUSED = [
    *[(float, number) for number in ENDLESS],
    *[(float | None, number) for number in ENDLESS],
    *[(Decimal, Decimal(number)) for number in ("NaN", "-NaN7", "sNaN", "Infinity", "-Infinity")],
    (Mapping[Decimal, int], {Decimal("NaN"): 1}),
    (Outer, Outer(Inner("a", weight=math.nan))),
    (Mapping[str, float], {"a": math.inf}),
    (str, "a\x00b"),
    (str, "\ud800"),
    (tuple[str, ...], ("a", "\x00")),
    (Mapping[str, int], {"\ud800": 1}),
    (Outer, Outer(Inner("\x00"))),
    (int, 2**64),
    (int, -(2**63) - 1),
    pytest.param(int, 10**5_000, id="huge"),
    (int, True),
    (int, "1"),
    (str, 1),
    (str, None),
    (bool, 1),
    (Inner, Inner("a", 10)),
    (Inner, Inner(5)),  # type: ignore[arg-type]  # that is the point
    (Outer, Outer(Inner("a", 10))),
    (tuple[str, ...], (1,)),
    (Kind, "two"),
    (Literal["a"], "b"),
]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("safe", [True, False])
@pytest.mark.parametrize(("kind", "value"), REFUSED)
async def test_what_does_not_arrive_is_refused(
    link: str, kind: Any, value: Any, *, safe: bool
) -> None:
    """NaN, NUL, lone surrogates, large integers and wrong types never reach a callee."""
    service = echoing(kind, safe=safe)
    async with linked(service, link) as carrying:
        with pytest.raises(InvalidRequest):
            await sent(service, carrying, value)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (HEADERS, "a\r\nx-evil: 1"),
        (HEADERS, " a"),
        (HEADERS, "ü"),
        (Annotated[str, Cookie("what")], "a; b=1"),
        (Annotated[str, Cookie("what")], '"a"'),
        (Annotated[tuple[str, ...], Cookie("what")], ("a", "b; c")),
    ],
)
async def test_text_that_a_header_cannot_hold_is_refused(link: str, kind: Any, value: str) -> None:
    """It would be cut, changed, or become another header."""
    service = echoing(kind, declare=get)
    async with linked(service, link) as carrying:
        with pytest.raises(InvalidRequest):
            await sent(service, carrying, value)


@pytest.mark.parametrize("link", LINKS)
async def test_a_query_has_as_many_fields_as_a_server_reads(link: str) -> None:
    """One more would be refused there, and is refused before it is sent."""
    service = echoing(tuple[int, ...], declare=get)
    async with linked(service, link) as carrying:
        assert 1_000 == len(await sent(service, carrying, tuple(range(1_000))))
        with pytest.raises(InvalidRequest):
            await sent(service, carrying, tuple(range(1_001)))


def nested(depth: int) -> Outer:
    """Return a message so deep within itself."""
    made = Outer()
    for _ in range(depth):
        made = Outer(below=(made,))
    return made


@pytest.mark.parametrize("link", LINKS)
async def test_a_message_too_deep_is_refused(link: str) -> None:
    """Nesting without end is the sender's mistake, and no RecursionError."""
    service = echoing(Outer, safe=True)
    async with linked(service, link) as carrying:
        assert nested(50) == await sent(service, carrying, nested(50))
        with pytest.raises(InvalidRequest):
            await sent(service, carrying, nested(5_000))


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (float, math.nan),
        (float | None, math.inf),
        (Decimal | None, Decimal("Infinity")),
        (Outer, Outer(price=Decimal("NaN"))),
        (Outer, Outer(Inner("a", weight=math.nan))),
        (Mapping[str, Inner], {"a": Inner("a", weight=math.inf)}),
        (str, "\ud800"),
        (Outer, Outer(Inner("\ud800"))),
        (int, 2**64),
        (Inner, Inner("a", 10)),
        (Outer, Outer(Inner("a", 10))),
        (Outer, nested(5_000)),
        (tuple[Inner, ...], (Inner("a", at_most=10),)),
    ],
)
async def test_an_answer_that_does_not_arrive_is_a_fault(link: str, kind: Any, value: Any) -> None:
    """What a caller elsewhere would not get, no caller gets."""
    service = answering(kind, value)
    async with linked(service, link) as carrying:
        with pytest.raises(Faulted):
            await sent(service, carrying)


SELECTED = [
    (Outer, Outer(Inner("a")), "inner(full_name)", {"inner": {"full_name": "a"}}),
    (Outer, Outer(), "inner(full_name),price", {"inner": None, "price": Decimal("1.0")}),
    (Outer, Outer(by_name={"x": Inner("b")}), "by_name(at_most)", {"by_name": {"x": 1}}),
    (Outer, Outer(kinds=frozenset(Kind)), "kinds(x),nobody", {"kinds": frozenset(Kind)}),
    (Outer | None, None, "inner", None),
    (tuple[Inner, ...], (Inner("a"), Inner("b")), "full_name", ("a", "b")),
    (Mapping[str, Inner], {"x": Inner("a")}, "full_name", {"x": "a"}),
]


def plain(value: Any) -> Any:
    """Return *value* with the one field of each message in it instead of the message."""
    if isinstance(value, msgspec.Struct):
        fields = {name: plain(getattr(value, name)) for name in value.__struct_fields__}
        return (
            fields if isinstance(value, Outer) or len(fields) > 1 else next(iter(fields.values()))
        )
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    return {k: plain(v) for k, v in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(("kind", "value", "select", "expected"), SELECTED)
async def test_a_selection_changes_no_value(
    link: str, kind: Any, value: Any, select: str, expected: Any
) -> None:
    """Renamed, absent, mapped and unknown fields are as they are without a selection."""
    service = answering(kind, value)
    async with linked(service, link) as carrying:
        found = await sent(service, carrying, select=select)

    if isinstance(expected, dict) and isinstance(value, Outer):
        assert set(expected) == set(found.__struct_fields__)
        for name, given in expected.items():
            one = getattr(found, name)
            assert plain(given) == (
                {"full_name": one.full_name} if name == "inner" and one is not None else plain(one)
            )
    else:
        assert expected == plain(found)


class Chosen(Message):
    """A new version of a message."""

    name: str
    tags: tuple[str, ...] = ()
    stars: int = msgspec.field(name="rating", default=3)


async def test_a_new_field_has_its_default_with_and_without_a_selection() -> None:
    """An older callee does not send it; that is no fault."""
    older = answering(msgspec.defstruct("Chosen", [("name", str)], frozen=True), None)
    value = type(older).operations["tell"].result("x")
    older = answering(type(value), value)
    newer = answering(Chosen, None)
    async with linked(older, "http") as carrying:
        selected = await sent(newer, carrying, select="name,stars,tags")
        whole = await sent(newer, carrying)
        some = await sent(newer, carrying, select="stars")

    assert whole == Chosen("x", (), 3) == selected
    assert 3 == some.stars


@fallback("OTHER")
class Mood(enum.Enum):
    """An enum that grew elsewhere."""

    GOOD = "good"
    OTHER = "other"


async def test_a_new_member_arrives_as_the_fallback() -> None:
    """A newer callee's value does not break the answer that it is in."""
    newer = answering(str, "excellent")
    async with linked(newer, "http") as carrying:
        assert Mood.OTHER is await sent(answering(Mood, Mood.GOOD), carrying)


class Gone(Rejected, id="teller.gone", status=410):
    """It is gone."""

    sku: str


class Copy(Rejected, id="teller.gone", status=410):
    """Another class with the same id, such as a module that is imported twice has."""

    sku: str


class Sub(Gone, id="teller.sub"):
    """A special case of it."""


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (lambda: Gone(sku="a"), Gone),
        (lambda: Gone(sku=5), Faulted),  # type: ignore[arg-type]  # that is the point
        (lambda: Gone(sku="\ud800"), Faulted),
        (lambda: Sub(sku="a"), Faulted),
        (lambda: Copy(sku="a"), Faulted),
    ],
)
async def test_an_error_arrives_or_is_a_fault(
    link: str, error: Callable[[], CallError], expected: type[CallError]
) -> None:
    """A field that cannot be sent, or an error that is not itself declared, is the callee's bug."""
    service = answering(str, "", raises=[Gone])

    async def tell(_: Any) -> str:
        raise error()

    type(service).tell = tell  # type: ignore[attr-defined]  # made at run time
    service = type(service)()
    async with linked(service, link) as carrying:
        with pytest.raises(CallError) as caught:
            await sent(service, carrying)

    assert expected is type(caught.value)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("edge", [True, False])
@pytest.mark.parametrize(("kind", "value"), [(str, ""), (bytes, b""), (str, "ä"), (bytes, b"\0")])
async def test_an_empty_text_arrives(link: str, kind: Any, value: Any, *, edge: bool) -> None:
    """A result that is no JSON may have no bytes at all, and still has its media type."""
    service = answering(kind, value, media_type="text/x-odd", edge=edge)
    async with linked(service, link) as carrying:
        assert value == await sent(service, carrying)


@pytest.mark.parametrize("link", LINKS)
async def test_outcomes_are_narrowed_key_by_key(link: str) -> None:
    """A selection speaks of the values of a batch."""
    books = Books()
    operation = Shelf.operations["books"]
    context = msgspec.structs.replace(new_context(), selection=parse_selection("title,nobody"))
    async with linked(books, link) as carrying:
        found = await carrying.send(operation, (("1", "missing"),), context)
        with pytest.raises(InvalidRequest):
            await stub(Shelf, carrying).books(("1", "2", "3", "4"))

    assert isinstance(found["1"], Succeeded)
    assert ("Dune", ("title",)) == (found["1"].value.title, found["1"].value.__struct_fields__)
    assert "urn:maestri:rejected:shelf.unknown_book" == found["missing"].problem.type


def test_every_declared_kind_has_a_snapshot() -> None:
    """What can be sent can be told."""
    for kind, _ in (*ARRIVING, *IN_BODIES):
        assert snapshot(type(echoing(kind)).__mro__[1])["operations"]
