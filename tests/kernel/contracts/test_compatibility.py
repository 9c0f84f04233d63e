"""Two snapshots of a contract tell what would break those who rely on the older one."""

import enum
import json
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
import pytest

from maestri.contracts import (
    Contract,
    Message,
    Outcome,
    breaking_changes,
    fallback,
    fallback_of,
    get,
    post,
    snapshot,
)
from maestri.errors import ContractError, Rejected
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


def message(**fields: Any) -> Any:
    """Return a message type; a field is its type, or its type and its default."""
    specified = [
        (name, *given) if isinstance(given, tuple) else (name, given)
        for name, given in fields.items()
    ]
    return msgspec.defstruct("Thing", specified, frozen=True, kw_only=True)


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


def test_an_enum_with_a_fallback_may_grow() -> None:
    """A value that this side does not know arrives as the fallback; otherwise it is refused."""
    assert Size.OTHER is msgspec.json.decode(b'"large"', type=Size)
    assert {Size.OTHER: 1} == msgspec.json.decode(b'{"huge": 1}', type=dict[Size, int])
    assert ("other", None) == (fallback_of(Size), fallback_of(Colour))
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'"blue"', type=Colour)


def test_a_fallback_is_a_member() -> None:
    """What unknown values become must itself be sent."""
    with pytest.raises(ContractError, match="must be one of its members"):
        fallback("GREEN")(Colour)
