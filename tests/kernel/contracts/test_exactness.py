"""What type checkers take for a declared type arrives as that type wherever the callee runs."""

import datetime as dt
import enum
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any, Generic, Literal, NewType, TypeVar

import msgspec
import pytest

from maestri.contracts import (
    Contract,
    Message,
    Outcome,
    Succeeded,
    codec_of,
    get,
    parse_selection,
    post,
)
from maestri.errors import Faulted, InvalidRequest

T = TypeVar("T")
Number = NewType("Number", int)


class Word(enum.StrEnum):
    """Texts that are more than texts."""

    ONE = "one"


class Level(enum.IntEnum):
    """Numbers that are more than numbers."""

    LOW = 1


class Held(msgspec.Struct, Generic[T], frozen=True):
    """A message that holds one value, and itself."""

    value: T
    below: "tuple[Held[T], ...]" = ()
    left: "Held[T] | None" = None


class Tagged(msgspec.Struct, Generic[T], frozen=True, tag="tagged"):
    """One of several messages."""

    value: T | msgspec.UnsetType = msgspec.UNSET


class Other(Message, tag="other"):
    """Another one."""

    value: float = 0.5


NOON = dt.datetime(2026, 2, 28, 12, tzinfo=dt.UTC)

NEAR: list[tuple[Any, Any, Any]] = [
    (int, True, 1),
    (int, Level.LOW, 1),
    (float, 1, 1.5),
    (float, True, 1.5),
    (dt.date, dt.datetime(2026, 2, 28, 1, tzinfo=dt.UTC), dt.date(2026, 2, 28)),
    (str, Word.ONE, "one"),
    (Literal["one"], Word.ONE, "one"),
    (Number, True, 1),
    (dt.datetime, NOON.replace(tzinfo=zoneinfo.ZoneInfo("Europe/Rome")), NOON),
    (dt.datetime, NOON.replace(tzinfo=None, fold=1), NOON.replace(tzinfo=None)),
]
"""A type, a value that type checkers accept as one, and one that is."""


def named(kind: Any) -> Any:
    """Return *kind* under a name."""
    make: Any = NewType
    return make("Named", kind)


def of(generic: Any, *arguments: Any) -> Any:
    """Return *generic* of the types that are known at run time."""
    return generic[arguments]


Holder = tuple[Callable[[Any], Any], Callable[[Any], Any]]
"""Makes the type that holds a kind, and its value."""

HOLDERS: dict[str, Holder] = {
    "alone": (lambda kind: kind, lambda one: one),
    "or none": (lambda kind: kind | None, lambda one: one),
    "or a message": (lambda kind: kind | Other, lambda one: one),
    "under a name": (lambda kind: named(kind | None) | Other, lambda one: one),
    "in a tuple": (lambda kind: of(tuple, kind, ...), lambda one: (one,)),
    "in a tuple, or none": (lambda kind: of(tuple, kind | None, ...) | None, lambda one: (one,)),
    "in a pair": (lambda kind: of(tuple, bytes, kind), lambda one: (b"a", one)),
    "in a frozenset": (lambda kind: of(frozenset, kind), lambda one: frozenset({one})),
    "in a Mapping": (lambda kind: of(Mapping, bytes, kind), lambda one: {b"a": one}),
    "as a key": (lambda kind: of(Mapping, kind, bytes), lambda one: {one: b"a"}),
    "in an outcome": (
        lambda kind: of(Mapping, str, of(Outcome, kind)),
        lambda one: {"a": Succeeded(one)},
    ),
    "in a message": (lambda kind: of(Held, kind), Held),
    "in a message, or none": (lambda kind: of(Held, kind) | None, Held),
    "in messages": (lambda kind: of(tuple, of(Held, kind), ...), lambda one: (Held(one),)),
    "within messages": (lambda kind: of(Held, kind | None), lambda one: Held(None, (Held(one),))),
    "below messages": (
        lambda kind: of(Held, kind | None),
        lambda one: Held(None, (), Held(None, (), Held(one))),
    ),
    "in a message of messages": (
        lambda kind: of(Held, of(Held, kind)),
        lambda one: Held(Held(one)),
    ),
    "in one of several": (lambda kind: of(Tagged, kind) | Other, Tagged),
    "in messages of outcomes": (
        lambda kind: of(Mapping, str, of(Outcome, of(Held, kind))),
        lambda one: {"a": Succeeded(Held(one))},
    ),
}


def promising(kind: Any) -> Any:
    """Return the codec of an operation that takes a *kind* in a body and returns one."""

    async def operation(self: Any, value: Any, flag: bool) -> Any:
        raise NotImplementedError

    operation.__annotations__ = {"value": kind, "flag": bool, "return": kind}
    declared = post("/a", safe=True)(operation)
    contract: Any = type("Made", (Contract,), {"operation": declared}, id="made")
    return codec_of(contract.operations["operation"])


def outcome(work: Callable[[], Any]) -> str:
    """Return what *work* returns, with all its types, or as what a link refuses it."""
    try:
        return repr(work())
    except InvalidRequest:
        return "InvalidRequest"
    except (Faulted, TypeError, AttributeError, ValueError):
        return "Faulted"


CASES = [
    pytest.param(kind(one), holding(near), holding(exact), id=f"{near!r} {where}")
    for where, (kind, holding) in HOLDERS.items()
    for one, near, exact in NEAR
    if (where, near) != ("or a message", Word.ONE)
]


@pytest.mark.parametrize(("kind", "near", "exact"), CASES)
def test_a_result_is_the_same_with_a_copy_and_without(kind: Any, near: Any, exact: Any) -> None:
    """Whatever holds the value, it is refused or changed in this process as in another one."""
    codec = promising(kind)

    copied = outcome(lambda: codec.result(codec.body(near, None), None))

    assert copied == outcome(lambda: codec.passed(near, None))
    passed = codec.passed(exact, None)
    assert repr(near) != copied
    assert (exact, isinstance(exact, dict)) == (passed, exact is not passed)


@pytest.mark.parametrize(("kind", "near", "exact"), CASES)
def test_an_argument_is_the_same_with_a_copy_and_without(kind: Any, near: Any, exact: Any) -> None:
    """Arguments are told from what is declared as results are."""
    codec = promising(kind)
    copied = outcome(lambda: codec.copied_arguments((near, True)))

    assert copied == outcome(lambda: codec.checked((near, True)))
    assert repr((near, True)) != copied
    assert (exact, True) == codec.checked((exact, True))


class Wide(Message):
    """A message with a field that few ask for."""

    count: int
    weight: float
    held: Held[int] | None = None


@pytest.mark.parametrize("text", ["count", "weight", "held(value)", "weight,held(left(value))"])
def test_a_partial_result_is_tested_by_what_is_left_of_it(text: str) -> None:
    """What was not asked for would not be sent, and so is not looked at."""
    codec, selection = promising(tuple[Wide, ...]), parse_selection(text)
    near = (Wide(True, 1, Held(True, (), Held(True))), Wide(1, 1.5))

    copied = outcome(lambda: codec.result(codec.body(near, selection), selection))

    assert copied == outcome(lambda: codec.passed(near, codec.narrowing(selection)))
    assert ("Faulted" == copied) == (text != "weight")


class Table(Message):
    """A message that holds a Mapping."""

    rows: Mapping[str, int]


@pytest.mark.parametrize(
    ("kind", "holding"),
    [
        (Mapping[str, int], lambda rows: rows),
        (Mapping[str, int] | None, lambda rows: rows),
        (Table, Table),
        (tuple[Table, ...], lambda rows: (Table(rows),)),
        (Mapping[str, Mapping[str, int]], lambda rows: {"a": rows}),
        (Mapping[str, Outcome[Table]], lambda rows: {"a": Succeeded(Table(rows))}),
    ],
)
def test_what_a_callee_changes_later_has_arrived_as_it_was(kind: Any, holding: Any) -> None:
    """Who has made a dict may go on changing it; what another has got is another one."""
    rows = {"a": 1}
    passed = promising(kind).passed(holding(rows), None)

    rows["b"] = 2

    assert holding({"a": 1}) == passed


class Wrong(Message):
    """A message that nobody declared."""

    value: int


@pytest.mark.parametrize("wrong", [Wrong(1), {"value": 1}, Wrong("1"), [1], None])  # type: ignore[arg-type]  # that is the point
def test_what_type_checkers_refuse_is_what_it_would_be_elsewhere(wrong: Any) -> None:
    """A value of another class becomes what is declared or is refused, as its JSON would be."""
    codec = promising(Held[int])

    assert outcome(lambda: codec.result(codec.body(wrong, None), None)) == outcome(
        lambda: codec.passed(wrong, None)
    )


@pytest.mark.parametrize("raw", [b"{", b"", b" 1 ", b'1,"more":2', b"NaN", b"\xff"])
def test_raw_json_is_one_value_of_json(raw: bytes) -> None:
    """Elsewhere it would be read with what it is in, and be refused or changed."""
    codec = promising(Held[msgspec.Raw])
    given, exact = Held(msgspec.Raw(raw)), Held(msgspec.Raw(b'{"a": 1}'))

    copied = outcome(lambda: bytes(codec.result(codec.body(given, None), None).value))

    assert copied == outcome(lambda: bytes(codec.passed(given, None).value))
    assert repr(raw) != copied
    assert exact is codec.passed(exact, None)


def test_a_test_is_no_longer_than_its_messages() -> None:
    """Messages that hold one another many times are tested by one function each."""
    kind: Any = int
    for level in range(60):
        kind = msgspec.defstruct(f"Level{level}", [("a", kind), ("b", kind)], frozen=True)

    async def tell(self: Any) -> Any:
        raise NotImplementedError

    tell.__annotations__ = {"return": tuple[kind, ...]}
    contract: Any = type("Made", (Contract,), {"tell": get("/a")(tell)}, id="made")

    assert () == codec_of(contract.operations["tell"]).passed((), None)
