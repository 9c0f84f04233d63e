"""Two snapshots of a contract tell what would break those who rely on the older one."""

import contextlib
import datetime as dt
import enum
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from maestri.contracts import (
    Contract,
    Message,
    Outcome,
    breaking_changes,
    fallback,
    get,
    post,
    snapshot,
)
from maestri.errors import Rejected
from tests.kernel.contracts.contract import Parts


class Colour(enum.Enum):
    """Colours, then."""

    RED = "red"


class MoreColours(enum.Enum):
    """Colours, now."""

    RED = "red"
    BLUE = "blue"


@fallback("OTHER")
class Size(enum.Enum):
    """Sizes, then."""

    SMALL = "small"
    OTHER = "other"


@fallback("OTHER")
class MoreSizes(enum.Enum):
    """Sizes, now."""

    SMALL = "small"
    LARGE = "large"
    OTHER = "other"


def message(*, omit_defaults: bool = False, **fields: Any) -> Any:
    """Return a message type; a field is its type, or its type and its default."""
    specified = [
        (name, *given) if isinstance(given, tuple) else (name, given)
        for name, given in fields.items()
    ]
    return msgspec.defstruct(
        "Thing", specified, frozen=True, kw_only=True, omit_defaults=omit_defaults
    )


def tagged(tag: str, **fields: Any) -> Any:
    """Return a message type that is told from others by its tag."""
    return msgspec.defstruct("Tagged", list(fields.items()), frozen=True, tag=tag)


def promising(
    taken: Any = int, given: Any = int, *, default: Any = None, **options: Any
) -> dict[str, Any]:
    """Return the snapshot of a contract with one operation, of a parameter *taken*."""

    async def operation(self: Any, a: Any) -> Any:
        raise NotImplementedError

    operation.__annotations__ = {"a": taken, "return": given}
    if default is not None:
        operation.__defaults__ = (default,)
    contract = type("Made", (Contract,), {"operation": post("/a", **options)(operation)}, id="made")
    return snapshot(contract)


def limited(**limits: Any) -> Any:
    """Return int with limits."""
    return Annotated[int, msgspec.Meta(**limits)]


BREAKING = [
    # What callers send may not be accepted more narrowly.
    (promising(int), promising(str), "the parameter a was integer and is string"),
    (promising(int | None), promising(int), "the parameter a can no longer be null"),
    (promising(limited(le=9)), promising(limited(le=8)), "the parameter a: maximum was 9 and is 8"),
    (promising(limited(ge=1)), promising(limited(ge=2)), "a: minimum was 1 and is 2"),
    (promising(int), promising(limited(ge=2)), "a: minimum was None and is 2"),
    (promising(MoreColours), promising(Colour), "has no member 'blue' any more"),
    (promising(message(x=int)), promising(message(x=int, y=int)), "field y is new and has no def"),
    (promising(message(x=(int, 1))), promising(message(x=int)), "x has no default any more"),
    (promising(message(x=(int, 1))), promising(message(x=(int, 2))), "field x had the default 1"),
    (promising(default=1), promising(), "the parameter a has no default any more"),
    (promising(default=1), promising(default=2), "had the default 1, not 2"),
    (promising(Mapping[str, int]), promising(Mapping[int, int]), "a key was string and is integer"),
    # What callers get may not become wider.
    (promising(given=int), promising(given=str), "the result was integer and is string"),
    (promising(given=int), promising(given=int | None), "the result can now be null"),
    (promising(given=limited(le=9)), promising(given=limited(le=10)), "maximum was 9 and is 10"),
    (promising(given=limited(le=9)), promising(given=int), "maximum was 9 and is None"),
    (promising(given=Colour), promising(given=MoreColours), "has the new member 'blue'"),
    (promising(given=message(x=int)), promising(given=message()), "the field x is gone"),
    (promising(given=message(x=int)), promising(given=message(z=int)), "the field x is gone"),
    (
        promising(given=tuple[message(x=int), ...]),  # type: ignore[misc]  # made at run time
        promising(given=tuple[message(x=str), ...]),  # type: ignore[misc]  # made at run time
        "an item: the field x was integer and is string",
    ),
    (promising(given=tuple[int, str]), promising(given=tuple[int]), "had 2 items and has 1"),
    (
        promising(given=message(x=int)),
        promising(given=message(x=(int, 1), omit_defaults=True)),
        "the field x can now be left out",
    ),
    (
        promising(given=message(x=int)),
        promising(given=message(x=(int | UnsetType, UNSET))),
        "the field x can now be left out",
    ),
    (
        promising(given=Mapping[int, int]),
        promising(given=message(x=(int, 1))),
        "the result was mapping and is object",
    ),
    (promising(tuple[int, ...]), promising(tuple[()]), "a was array and is array of 0"),
    (promising(given=tuple[()]), promising(given=tuple[int, ...]), "was array of 0 and is array"),
    # What else is promised.
    (promising(), promising(id="other"), "made.operation: the operation is gone"),
    (promising(safe=True), promising(), "safe was True and is False"),
    (promising(idempotent=True), promising(), "idempotent was True and is False"),
    (promising(), promising(media_type="application/a+json"), "media_type was"),
]


@pytest.mark.parametrize(("before", "after", "told"), BREAKING, ids=[case[2] for case in BREAKING])
def test_what_breaks_a_consumer_is_told_by_name(
    before: dict[str, Any], after: dict[str, Any], told: str
) -> None:
    """Narrower to send, wider to get, gone, renamed: each is a sentence with its place."""
    found = breaking_changes(before, after)

    assert any(told in sentence for sentence in found), found
    assert all(sentence.startswith("made") for sentence in found)
    assert before != after


HARMLESS = [
    (promising(limited(le=9)), promising(limited(le=10))),
    (promising(limited(le=9)), promising()),
    (promising(int), promising(int | None)),
    (promising(Colour), promising(MoreColours)),
    (promising(), promising(default=1)),
    (promising(message(x=int)), promising(message(x=int, y=(int, 1)))),
    (promising(given=message(x=int)), promising(given=message(x=int, y=(int, 1)))),
    (promising(given=int | None), promising(given=int)),
    (promising(given=MoreColours), promising(given=Colour)),
    (promising(given=Size), promising(given=MoreSizes)),
    (promising(given=int), promising(given=limited(le=10))),
    (promising(), promising(safe=True)),
    (promising(message(x=int)), promising(message(x=(int, 1), omit_defaults=True))),
    (
        promising(given=message(x=(int, 1), omit_defaults=True)),
        promising(given=message(x=(int, 1))),
    ),
]


@pytest.mark.parametrize(("before", "after"), HARMLESS)
def test_what_breaks_nobody_is_not_told(before: dict[str, Any], after: dict[str, Any]) -> None:
    """A new field has a default, a growing enum a fallback; wider to send and narrower to get."""
    assert () == breaking_changes(before, after)
    assert before != after


def raising(**fields: Any) -> dict[str, Any]:
    """Return the snapshot of a contract whose operation raises an error with *fields*."""
    plain = {name: given for name, given in fields.items() if not isinstance(given, tuple)}
    kinds = {**plain, **{name: given[0] for name, given in fields.items() if name not in plain}}
    members = {"__annotations__": kinds, "__doc__": "Gone."}
    members |= {name: given[1] for name, given in fields.items() if name not in plain}
    return promising(raises=[type("Gone", (Rejected,), members, id="made.gone")])


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (raising(x=int), raising(), "made.gone: the error: the field x is gone"),
        (
            raising(x=int),
            raising(x=str),
            "made.gone: the error: the field x was integer and is string",
        ),
        (raising(), raising(x=int), "made.gone: the error: the field x is new and has no default"),
        (raising(), promising(), "made.gone: the error is gone"),
    ],
)
def test_the_fields_of_errors_are_promises(
    before: dict[str, Any], after: dict[str, Any], told: str
) -> None:
    """Errors evolve by the same rules as messages."""
    assert told in breaking_changes(before, after)
    assert () == breaking_changes(raising(), raising(x=(int, 1)))


KINDS: list[Any] = [
    int,
    float,
    str,
    bool,
    Decimal,
    dt.date,
    int | None,
    int | str,
    Literal["a", "b"],
    Literal["a"],
    Colour,
    MoreColours,
    Size,
    MoreSizes,
    MoreColours | None,
    limited(ge=0),
    limited(gt=0),
    limited(ge=1),
    limited(le=9),
    limited(lt=10),
    limited(multiple_of=2),
    limited(multiple_of=4),
    limited(ge=1) | None,
    Annotated[str, msgspec.Meta(max_length=1)],
    Annotated[str, msgspec.Meta(min_length=2)],
    Annotated[str, msgspec.Meta(pattern="^a")],
    Annotated[tuple[int, ...], msgspec.Meta(max_length=1)],
    tuple[int, ...],
    tuple[float, ...],
    tuple[int | None, ...],
    frozenset[int],
    tuple[()],
    tuple[int],
    tuple[int, int],
    tuple[int, str],
    Mapping[str, int],
    Mapping[int, int],
    Mapping[str, str],
    Mapping[Colour, int],
    message(),
    message(x=int),
    message(x=str),
    message(x=int | None),
    message(x=(int, 1)),
    message(x=(int, 2)),
    message(x=(int, 1), omit_defaults=True),
    message(x=(int | UnsetType, UNSET)),
    message(x=int, y=int),
    message(x=int, y=(int, 1)),
    message(x=int, y=(int, 1), omit_defaults=True),
    message(x=int, y=(str | None, None)),
    message(x=int, y=(int | UnsetType, UNSET)),
    message(x=int) | None,
    tuple[message(x=int), ...],  # type: ignore[misc]  # made at run time
    tuple[message(x=int, y=(int, 1)), ...],  # type: ignore[misc]  # made at run time
    Mapping[str, message(x=int)],  # type: ignore[misc]  # made at run time
    tagged("a", x=int),
    tagged("a", x=int) | tagged("b", x=int),
]
PLAIN = [0, 1, 2, 4, 9, 1.5, "", "a", "ab", "b", "red", "blue", "small", "large", "other", "1.5"]
PLAIN += [True, None, "2026-01-02", [], [1], [1, 2], [1, "a"], [None], [1.5]]
OBJECTS = [{}, {"red": 1}, {"1": 1}, {"a": "b"}, {"a": {"x": 1}}]
OBJECTS += [{"x": x, **y} for x in (1, 2, None, "a") for y in ({}, {"y": 1}, {"y": "a"})]
OBJECTS += [{"type": tag, "x": 1} for tag in ("a", "b")]


def sent_as(kind: Any) -> set[bytes]:
    """Return how values of the type *kind* look on the wire."""
    encoded = set()
    for plain in (*PLAIN, *OBJECTS, *([one] for one in OBJECTS)):
        with contextlib.suppress(msgspec.ValidationError):
            encoded.add(msgspec.json.encode(msgspec.convert(plain, kind)))
    return encoded


SENT = [sent_as(kind) for kind in KINDS]
DECODERS = [msgspec.json.Decoder(kind) for kind in KINDS]
# Within a body of several members, so that what is compared is the type and not its place.
TAKEN = [promising(message(taken=kind)) for kind in KINDS]
GIVEN = [promising(given=message(given=kind)) for kind in KINDS]


def is_taken(sender: int, receiver: int) -> bool:
    """Tell whether a peer of one type takes all that a peer of another sends."""
    try:
        for encoded in SENT[sender]:
            DECODERS[receiver].decode(encoded)
    except msgspec.ValidationError:
        return False
    return True


@pytest.mark.parametrize("old", range(len(KINDS)), ids=[str(kind) for kind in KINDS])
def test_what_is_told_to_break_nobody_is_understood_by_peers_of_both_ages(old: int) -> None:
    """Whatever one of two types sends, the other takes: unless a sentence says that it breaks."""
    assert SENT[old]
    for new in range(len(KINDS)):
        if () == breaking_changes(GIVEN[old], GIVEN[new]):
            assert is_taken(new, old), KINDS[new]
        if () == breaking_changes(TAKEN[old], TAKEN[new]):
            assert is_taken(old, new), KINDS[new]


def test_a_batch_may_not_take_fewer_keys() -> None:
    """How many keys fit into a call is a limit as any other."""

    def batched(keys_max: int) -> dict[str, Any]:
        async def one(self: Any, key: str) -> int:
            raise NotImplementedError

        async def many(self: Any, keys: tuple[str, ...]) -> Mapping[str, Outcome[int]]:
            raise NotImplementedError

        declared = get("/many", batch_of="one", batch_max=keys_max)(many)
        return snapshot(
            type("Made", (Contract,), {"one": get("/one")(one), "many": declared}, id="made")
        )

    assert ("made.many: batch_max was 9 and is only 8",) == breaking_changes(batched(9), batched(8))
    assert () == breaking_changes(batched(8), batched(9))


def test_a_snapshot_is_kept_as_json() -> None:
    """What is read from a file equals what is new, and holds no docstring and no Python name."""
    described = snapshot(Parts)

    assert described == json.loads(json.dumps(described))
    assert () == breaking_changes(described, described)
    assert "Maker" not in json.dumps(described)
    assert "Return one part" not in json.dumps(described)


MIXED = frozenset[int | str]


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    # 0 and 8 have the same place in a table of eight: who comes first, stays first.
    [
        (frozenset[int], frozenset([0, 8]), frozenset([8, 0])),
        (MIXED, frozenset([0, 8, "a"]), frozenset([8, 0, "a"])),
        (tuple[frozenset[int], ...], (frozenset([0, 8]),), (frozenset([8, 0]),)),
        (tuple[MIXED, ...], (frozenset([0, "a"]),), (frozenset([0, "a"]),)),
    ],
)
def test_a_default_without_order_is_told_in_one(kind: Any, one: Any, other: Any) -> None:
    """A frozenset is iterated in another order in another process, and is the same default."""
    before = promising(kind, message(tags=(kind, one)), default=one)

    assert before == promising(kind, message(tags=(kind, other)), default=other)


class Tree(Message):
    """A message within itself."""

    name: str
    below: "tuple[Tree, ...]" = ()


def test_a_recursive_message_has_a_snapshot() -> None:
    """A message within itself is told as that, and a change in it is found."""
    before = promising(given=Tree)

    assert {"recursive": 0} == before["operations"]["made.operation"]["result"]["properties"][
        "below"
    ]["items"]
    assert () == breaking_changes(before, promising(given=Tree))
