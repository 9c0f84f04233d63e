"""Whether a change breaks a consumer depends on who sends what changed."""

import datetime as dt
import enum
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest

from maestri.contracts import (
    Body,
    Contract,
    Header,
    Message,
    Outcome,
    Query,
    breaking_changes,
    fallback,
    get,
    post,
    snapshot,
)
from maestri.errors import Rejected
from tests.kernel.contracts.test_compatibility import (
    Colour,
    MoreColours,
    MoreSizes,
    Size,
    limited,
    message,
    promising,
    tagged,
)


def text(**limits: Any) -> Any:
    """Return str with limits."""
    return Annotated[str, msgspec.Meta(**limits)]


def real(**limits: Any) -> Any:
    """Return float with limits."""
    return Annotated[float, msgspec.Meta(**limits)]


def several(kind: Any, **limits: Any) -> Any:
    """Return a tuple of any number of one *kind*, within limits."""
    return Annotated[tuple[kind, ...], msgspec.Meta(**limits)]


class Levels(enum.IntEnum):
    """An enum of numbers."""

    LOW = 1


@fallback("OTHER")
class Level(enum.IntEnum):
    """A growing enum of numbers."""

    OTHER = 0


class Listed(msgspec.Struct, frozen=True, array_like=True):
    """A message without names on the wire, then."""

    a: int


class LongerListed(msgspec.Struct, frozen=True, array_like=True):
    """The same, now."""

    a: int
    b: int = 0


ONE_WAY: dict[str, tuple[Any, Any]] = {
    "or none": (int, int | None),
    "or text": (int, int | str),
    "int, float": (int, float),
    "int, float or none": (int, float | None),
    "int or none, float or none": (int | None, float | None),
    "int, Decimal": (int, Decimal),
    "float, Decimal": (float, Decimal),
    "date, text": (dt.date, str),
    "UUID or none, text or none": (uuid.UUID | None, str | None),
    "Decimal, text": (Decimal, str),
    "bytes, text": (bytes, str),
    "enum, more": (Colour, MoreColours),
    "enum, Literal": (Colour, Literal["red", "green"]),
    "enum, text": (Colour, str),
    "enum or none, text or none": (Colour | None, str | None),
    "numbers, int": (Levels, int),
    "numbers, float": (Literal[1, 2], float),
    "minimum": (limited(ge=2), limited(ge=1)),
    "no minimum": (limited(ge=2), int),
    "maximum": (limited(le=8), limited(le=9)),
    "excluded maximum": (limited(lt=8), limited(lt=9)),
    "maximum, excluded maximum": (real(lt=9), real(le=9)),
    "within": (limited(ge=1, le=2), limited(gt=-1, lt=9)),
    "int, float within": (limited(ge=1), real(gt=0)),
    "multiple": (limited(multiple_of=4), limited(multiple_of=2)),
    "no multiple": (limited(multiple_of=4), int),
    "longer": (text(max_length=1), text(max_length=2)),
    "shorter": (text(min_length=2), text(min_length=1)),
    "no length": (text(min_length=2, max_length=3), str),
    "pattern": (text(pattern="^a"), str),
    "items": (several(int), several(float)),
    "more items": (several(int, max_length=1), several(int, max_length=2)),
    "a pair, any number": (tuple[int, int], several(int)),
    "a pair, any number of floats": (tuple[int, int], several(float, min_length=1, max_length=2)),
    "nothing, any number": (tuple[()], several(int)),
    "a frozenset": (frozenset[int], frozenset[int | None]),
    "an item of a pair": (tuple[int, str], tuple[int | None, str]),
    "a value": (Mapping[str, int], Mapping[str, float]),
    "a key": (Mapping[Colour, int], Mapping[str, int]),
    "entries": (Annotated[Mapping[str, int], msgspec.Meta(max_length=1)], Mapping[str, int]),
    "a field": (message(x=int), message(x=int | None)),
    "a field with a default": (message(x=(int, 1)), message(x=(float, 1))),
    "one of several messages": (tagged("a", x=int), tagged("a", x=int) | tagged("b", x=int)),
    "a field of several messages": (
        tagged("a", x=int) | tagged("b", x=int),
        tagged("a", x=float) | tagged("b", x=int) | None,
    ),
    "a field of messages": (several(message(x=int)), several(message(x=int | None))),
}
"""A type, and a wider one."""


def both(kind: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the snapshots of what takes a *kind* and of what returns one."""
    return promising(message(taken=kind)), promising(given=message(given=kind))


@pytest.mark.parametrize("change", ONE_WAY)
def test_what_is_sent_may_be_wider_and_what_is_received_narrower(change: str) -> None:
    """And never the other way."""
    narrow, wide = map(both, ONE_WAY[change])

    assert () == breaking_changes(narrow[0], wide[0])
    assert () == breaking_changes(wide[1], narrow[1])
    assert () != breaking_changes(wide[0], narrow[0])
    assert () != breaking_changes(narrow[1], wide[1])


EQUAL: dict[str, tuple[Any, Any]] = {
    "excluded or not": (limited(ge=1, le=9), limited(gt=0, lt=10)),
    "no length at all": (text(min_length=0), str),
    "enum or Literal": (Colour, Literal["red"]),
    "a default for what is always sent": (message(x=int, y=int), message(y=int, x=int)),
    "more at the end": (Listed, LongerListed),
}


@pytest.mark.parametrize("change", EQUAL)
def test_what_is_the_same_on_the_wire_breaks_nobody(change: str) -> None:
    """However it is written."""
    one, other = map(both, EQUAL[change])

    for index in range(2):
        assert () == breaking_changes(one[index], other[index])
        if change != "more at the end":
            assert () == breaking_changes(other[index], one[index])


NEITHER_WAY: dict[str, tuple[Any, Any]] = {
    "kind": (int, str),
    "bool, int": (bool, int),
    "date, instant": (dt.date, dt.datetime),
    "text within, enum": (text(max_length=3), MoreColours),
    "patterns": (text(pattern="^a"), text(pattern="^b")),
    "multiples": (limited(multiple_of=3), limited(multiple_of=2)),
    "order": (frozenset[int], tuple[int, ...]),
    "pairs": (tuple[int, int], tuple[int, int, int]),
    "a pair, three or more": (tuple[int, int], several(int, min_length=3)),
    "names": (message(x=int), message(z=(int, 1))),
    "tags": (tagged("a", x=int), tagged("b", x=int)),
    "objects": (Mapping[str, int], message(x=(int, 1))),
    "positions": (Listed, message(a=int)),
}


@pytest.mark.parametrize("change", NEITHER_WAY)
def test_what_is_neither_wider_nor_narrower_breaks_whoever_has_it(change: str) -> None:
    """In both directions, whoever sends it."""
    one, other = map(both, NEITHER_WAY[change])

    for index in range(2):
        assert () != breaking_changes(one[index], other[index])
        assert () != breaking_changes(other[index], one[index])


Case = tuple[Any, Any, bool, bool]
"""Before, after, whether it breaks who sends it, whether it breaks who receives it."""

ENUMS: dict[str, Case] = {
    "a member more": (Colour, MoreColours, False, True),
    "a member less": (MoreColours, Colour, True, False),
    "a member more of a growing one": (Size, MoreSizes, False, False),
    "a member less of a growing one": (MoreSizes, Size, True, False),
    "texts that become numbers": (Size, Levels, True, True),
    "numbers that become texts": (
        Level,
        Literal["low"],
        True,
        True,
    ),
    "a fallback more": (Literal["small", "other"], Size, False, False),
    "a fallback less": (Size, Literal["small", "other"], True, False),
    "more within a frozenset": (frozenset[Colour], frozenset[MoreColours], False, True),
    "more within a growing frozenset": (frozenset[Size], frozenset[MoreSizes], False, False),
    "more within a message": (message(x=Size | None), message(x=MoreSizes | None), False, False),
}
FIELDS: dict[str, Case] = {
    "a new one with a default": (message(), message(x=(int, 1)), False, False),
    "a new one without": (message(), message(x=int), True, True),
    "one less": (message(x=(int, 1)), message(), True, True),
    "a default more": (message(x=int), message(x=(int, 1)), False, False),
    "a default less": (message(x=(int, 1)), message(x=int), True, False),
    "another default": (message(x=(int, 1)), message(x=(int, 2)), True, False),
    "another default of what may be left out": (
        message(x=(int, 1), omit_defaults=True),
        message(x=(int, 2), omit_defaults=True),
        True,
        True,
    ),
    "no default of what could be left out": (
        message(x=(int, 1), omit_defaults=True),
        message(x=int),
        True,
        True,
    ),
    "left out newly": (message(x=int), message(x=(int, 1), omit_defaults=True), False, True),
    "left out newly, with the same default": (
        message(x=(int, 1)),
        message(x=(int, 1), omit_defaults=True),
        False,
        False,
    ),
}


@pytest.mark.parametrize("change", [*ENUMS, *FIELDS])
def test_members_and_fields_are_promises_to_one_side_or_both(change: str) -> None:
    """Who receives has a fallback and defaults of its own, who sends relies on the receiver's."""
    before, after, sending, receiving = {**ENUMS, **FIELDS}[change]
    old, new = both(before), both(after)

    assert sending == bool(breaking_changes(old[0], new[0]))
    assert receiving == bool(breaking_changes(old[1], new[1]))


class Gone(Rejected, id="made.gone", status=410):
    """It is gone."""


class GoneElsewhere(Rejected, id="made.gone", status=404):
    """It is gone, in other words."""


def operation(
    path: str = "/a", kinds: Mapping[str, Any] | None = None, result: Any = None, **options: Any
) -> dict[str, Any]:
    """Return the snapshot of a contract of one operation."""
    declare, given = options.pop("declare", post), dict(kinds or {})
    defaults = {name: kind[1] for name, kind in given.items() if isinstance(kind, tuple)}
    parameters = ", ".join(
        f"{name}=defaults[{name!r}]" if name in defaults else name for name in given
    )
    namespace: dict[str, Any] = {"defaults": defaults}
    exec(f"async def operation(self{', *, ' if given else ''}{parameters}): ...", namespace)
    made = namespace["operation"]
    made.__annotations__ = {
        name: kind[0] if isinstance(kind, tuple) else kind for name, kind in given.items()
    } | {"return": result}
    settings = {"edge": options.pop("edge", False), "prefix": options.pop("prefix", "")}
    members = {"operation": declare(path, **options)(made)}
    contract: Any = type("Made", (Contract,), members, id="made", **settings)
    return snapshot(contract)


class Text(Message):
    """A body."""

    text: str


OPERATIONS: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "a parameter with a default": (operation(), operation(kinds={"a": (int, 1)}), False),
    "a parameter without": (operation(), operation(kinds={"a": int}), True),
    "a parameter less": (operation(kinds={"a": (int, 1)}), operation(), True),
    "a default more": (operation(kinds={"a": int}), operation(kinds={"a": (int, 1)}), False),
    "a default less": (operation(kinds={"a": (int, 1)}), operation(kinds={"a": int}), True),
    "another default": (operation(kinds={"a": (int, 1)}), operation(kinds={"a": (int, 2)}), True),
    "a wider parameter": (
        operation(kinds={"a": int}),
        operation(kinds={"a": (float | None, None)}),
        False,
    ),
    "another place": (
        operation(kinds={"a": str}),
        operation(kinds={"a": Annotated[str, Query()]}),
        True,
    ),
    "the body, and then a part of it": (
        operation(kinds={"a": Text}),
        operation(kinds={"a": Text, "b": (int, 1)}),
        True,
    ),
    "beside the body": (
        operation(kinds={"a": Annotated[Text, Body()]}),
        operation(kinds={"a": Annotated[Text, Body()], "b": (Annotated[int, Query()], 1)}),
        False,
    ),
    "another name": (operation(kinds={"a": int}), operation(kinds={"b": int}), True),
    "another name in Python": (
        operation(kinds={"a": Annotated[int, Query()]}),
        operation(kinds={"b": Annotated[int, Query("a")]}),
        False,
    ),
    "another name in the path": (
        operation("/{a}/{b}", {"a": str, "b": int}),
        operation("/{b}/{c}", {"b": str, "c": int}),
        False,
    ),
    "another order in the path": (
        operation("/{a}/{b}", {"a": str, "b": int}),
        operation("/{b}/{a}", {"a": str, "b": int}),
        True,
    ),
    "one name in two places": (
        operation("/{a}", {"a": str, "b": Annotated[str, Header("a")]}),
        operation("/{a}", {"a": str, "b": Annotated[int, Header("a")]}),
        True,
    ),
    "a name that is taken in the path": (
        operation("/{a}", {"a": str}),
        operation("/{a}", {"b": (Annotated[str, Header("a")], "x"), "a": str}),
        False,
    ),
    "another path": (operation("/a"), operation("/b"), True),
    "another method": (operation(safe=True), operation(declare=get), True),
    "another id": (operation(id="a"), operation(id="b"), True),
    "another media type": (operation(result=str), operation(result=str, media_type="text/a"), True),
    "safe": (operation(), operation(safe=True), False),
    "no longer safe": (operation(safe=True), operation(idempotent=True), True),
    "idempotent": (operation(), operation(idempotent=True), False),
    "no longer idempotent": (operation(idempotent=True), operation(), True),
    "a new error": (operation(), operation(raises=[Gone]), False),
    "an error less": (operation(raises=[Gone]), operation(), True),
    "another status": (operation(raises=[Gone]), operation(raises=[GoneElsewhere]), True),
    "a result where there was none": (operation(), operation(result=int), False),
    "no result any more": (operation(result=int), operation(), True),
    "at the edge": (operation(), operation(edge=True), True),
    "another prefix": (operation(edge=True), operation(edge=True, prefix="/a"), True),
    "how long it is kept": (
        operation(declare=get, edge=True, max_age_s=1),
        operation(declare=get, edge=True, etag=True, hidden=True),
        False,
    ),
}


@pytest.mark.parametrize("change", OPERATIONS)
def test_what_an_operation_promises_it_may_exceed(change: str) -> None:
    """More optional parameters, more guarantees and new errors break nobody."""
    before, after, breaks = OPERATIONS[change]

    assert breaks == bool(breaking_changes(before, after))


def of_many_keys(**options: Any) -> dict[str, Any]:
    """Return the snapshot of a contract of two operations, the second of many keys."""

    async def one(self: Any, key: str) -> int:
        raise NotImplementedError

    async def many(self: Any, keys: tuple[str, ...]) -> Mapping[str, Outcome[int]]:
        raise NotImplementedError

    members = {"one": get("/one")(one), "many": get("/many", **options)(many)}
    return snapshot(type("Made", (Contract,), members, id="made"))


def test_what_is_no_batch_any_more_takes_what_it_took() -> None:
    """A new batch has a bound, which who sends more keys did not know."""
    plain, batch = of_many_keys(), of_many_keys(batch_of="one")

    assert () == breaking_changes(batch, plain)
    assert ("made.many: batch_of was None and is 'made.one'",) == breaking_changes(plain, batch)
