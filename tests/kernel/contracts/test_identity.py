"""Calls are one call exactly when their arguments are equal on the wire."""

import datetime as dt
import enum
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import pytest

from maestri.contracts import Contract, Message, Operation, identity_of, key_identity, post
from tests.kernel.contracts.contract import Parts, Sku


class Colour(enum.Enum):
    """Colours."""

    RED = "red"


class Thing(Message):
    """A message with what Python takes for equal."""

    number: float = 0.0
    price: Decimal = Decimal(1)
    names: Mapping[str, int] = {}
    some: frozenset[int] = frozenset()


def taking(kind: Any) -> Operation:
    """Return an operation that takes one argument of type *kind*."""

    async def take(self: Any, value: Any) -> None:
        raise NotImplementedError

    take.__annotations__ = {"value": kind, "return": None}
    contract: type[Contract] = type("Taker", (Contract,), {"take": post("/a")(take)}, id="taker")
    return contract.operations["take"]


EQUAL = [
    (str, "a", "a"),
    (Sku, Sku("a"), "a"),
    (str | None, None, None),
    (int, 1, 1),
    (Thing, Thing(names={"a": 1, "b": 2}), Thing(names={"b": 2, "a": 1})),
    (Thing, Thing(some=frozenset({1, 2})), Thing(some=frozenset({2, 1}))),
    (Mapping[str, int], {"a": 1, "b": 2}, {"b": 2, "a": 1}),
    (tuple[Colour, ...], (Colour.RED,), (Colour.RED,)),
    (frozenset[int | str], frozenset([0, 8, "a"]), frozenset([8, 0, "a"])),
    (frozenset[str | None], frozenset(["a", None]), frozenset([None, "a"])),
]
DIFFERENT = [
    (str, "a", "b"),
    (str | None, "", None),
    (int, 1, True),
    (float, 0.0, -0.0),
    (Decimal, Decimal("1.0"), Decimal("1.00")),
    (tuple[float, ...], (0.0,), (-0.0,)),
    (Thing, Thing(0.0), Thing(-0.0)),
    (Thing, Thing(price=Decimal("1.0")), Thing(price=Decimal("1.00"))),
    (Mapping[str, int], {"a": 1}, {"a": True}),
    (
        dt.datetime,
        dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC),
        dt.datetime(2026, 1, 1, 13, tzinfo=dt.timezone(dt.timedelta(hours=1))),
    ),
    (Literal["a", "b"], "a", "b"),
    (frozenset[int | str], frozenset([0, "a"]), frozenset(["0", "a"])),
]
NEVER_SENT = [(str, "\ud800"), (str, []), (float, object()), (Thing, math.pi * 1j)]


@pytest.mark.parametrize(("kind", "one", "other"), EQUAL)
def test_what_is_equal_on_the_wire_is_one_call(kind: Any, one: Any, other: Any) -> None:
    """Order of keys and of sets does not matter; the identity can be a key itself."""
    identity = identity_of(taking(kind))

    assert {identity((one,)): 1} == {identity((other,)): 1}


@pytest.mark.parametrize(("kind", "one", "other"), DIFFERENT)
def test_what_differs_on_the_wire_is_two_calls(kind: Any, one: Any, other: Any) -> None:
    """Python takes some of these for equal; a callee does not."""
    identity = identity_of(taking(kind))

    assert 2 == len({identity((one,)), identity((other,))})


@pytest.mark.parametrize(("kind", "value"), NEVER_SENT)
def test_what_cannot_be_sent_still_has_an_identity(kind: Any, value: Any) -> None:
    """It is refused where it is sent, not where it is compared."""
    identity = identity_of(taking(kind))

    assert 1 == len({identity((value,))})


def test_texts_are_their_own_identity() -> None:
    """For what nearly all calls have, nothing is computed."""
    arguments = (Sku("a"),)

    assert arguments is identity_of(Parts.operations["part"])(arguments)
    assert identity_of(Parts.operations["part"]) is identity_of(Parts.operations["part"])


def test_a_key_has_an_identity() -> None:
    """One key of a batch is told apart as an argument is."""
    part, parts = Parts.operations["part"], Parts.operations["parts"]

    assert "a" == key_identity(part)("a") == key_identity(parts)("a")
