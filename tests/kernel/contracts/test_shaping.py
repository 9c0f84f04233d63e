"""A value is given another shape as msgspec would do it, at half the cost."""

from collections.abc import Mapping
from typing import Any, NewType

import msgspec
import pytest

from maestri.contracts import Message, Selection, projection, shaping
from maestri.contracts.shaping import DEPTH_MAX

Name = NewType("Name", str)


class Maker(Message):
    name: Name
    country: str


class Thing(Message):
    title: str
    maker: Maker | None
    others: tuple[Maker, ...]
    by_place: Mapping[str, Maker]
    count: int = 3


class MakerShape(Message):
    name: Name


class ThingShape(Message):
    maker: MakerShape | None
    others: tuple[MakerShape, ...]
    count: int = 7


class PlacesShape(Message):
    by_place: Mapping[str, MakerShape]


WITH = Thing("a", Maker(Name("m"), "x"), (Maker(Name("n"), "y"),), {"p": Maker(Name("o"), "z")})
WITHOUT = Thing("b", None, (), {}, 4)


@pytest.mark.parametrize("value", [WITH, WITHOUT])
@pytest.mark.parametrize("shape", [ThingShape, PlacesShape, MakerShape])
def test_a_value_is_shaped_as_msgspec_does_it(value: Thing, shape: Any) -> None:
    """Messages in messages, in tuples and where None may be; what cannot be compiled, too."""
    given: Any = value.others if shape is MakerShape else value
    wanted: Any = tuple[MakerShape, ...] if shape is MakerShape else shape
    shaped = shaping(wanted)(given)

    assert msgspec.convert(given, wanted, from_attributes=True) == shaped
    assert wanted is not shape or type(shaped) is shape


class Tree(Message):
    name: str
    parts: tuple["Tree", ...] = ()


class Branch(Message):
    parts: tuple["Branch", ...] = ()


def chain(length: int, name: str) -> Any:
    """Return a message in a message, so many times."""
    kind: Any = int
    for _ in range(length):
        kind = msgspec.defstruct(name, [("below", kind | None, None)], frozen=True)
    return kind


def test_a_shape_may_hold_its_own_type() -> None:
    """Messages of one type in one another have no end that could be compiled."""
    value = Tree("a", (Tree("b", (Tree("c"),)), Tree("d")))

    assert Branch((Branch((Branch(),)), Branch())) == shaping(Branch)(value)


@pytest.mark.parametrize("length", [DEPTH_MAX, DEPTH_MAX + 1, 100])
def test_a_shape_may_be_deep(length: int) -> None:
    """Deeper than Python's parser goes, too."""
    given, wanted = chain(length, "Given"), chain(length, "Wanted")

    assert wanted(None) == shaping(wanted)(given(None))


def test_a_value_of_the_shape_passes() -> None:
    """What has the shape already is not made again."""
    value = MakerShape(Name("m"))

    assert value is shaping(MakerShape)(value)


def test_what_was_not_asked_for_may_be_missing() -> None:
    """A partial value takes defaults of its shape, and passes as it is where there is none."""
    partial = projection(Thing, Selection.of({"maker": None, "others": None}))(WITHOUT)
    lacking = projection(Thing, Selection.of({"count": None}))(WITHOUT)

    assert ThingShape(None, (), 7) == shaping(ThingShape)(partial)
    assert lacking is shaping(ThingShape)(lacking)


class Nothing(Message, tag="nothing"):
    """What a selection may leave of a shape: that it is there."""


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (Nothing, Nothing()),
        (Nothing | None, Nothing()),
        (tuple[Nothing | None, ...], (Nothing(),)),
    ],
)
def test_a_shape_without_fields_is_made_too(shape: Any, expected: Any) -> None:
    """Its tag is not that of what it is made of."""
    given = (WITH,) if isinstance(expected, tuple) else WITH

    assert expected == shaping(shape)(given)
