# mypy: disable-error-code="empty-body"

import re
from collections.abc import Mapping
from typing import Annotated, Any

import pytest

from maestri.contracts import (
    Body,
    Contract,
    Message,
    ReceivedRequest,
    codec_of,
    openapi,
    post,
)
from maestri.errors import InvalidRequest


class Inner(Message):
    """A part of what is sent, and of what comes back."""

    size: int


class Outer(Message):
    """What is sent, and what comes back."""

    inner: Inner
    others: tuple[Inner, ...] = ()


class Door(Contract, id="door", edge=True):
    """What clients call."""

    @post("/outer")
    async def send(self, outer: Annotated[Outer, Body()]) -> Outer: ...


class Room(Contract, id="room"):
    """What units call."""

    @post("/outer")
    async def send(self, outer: Annotated[Outer, Body()]) -> Outer: ...


def _schemas(contract: type[Contract]) -> tuple[str, str, dict[str, Any]]:
    document = openapi([contract], title="t", version="1")
    operation = document["paths"]["/outer"]["post"]
    sent = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    received = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    return sent, received, document["components"]["schemas"]


def test_a_body_at_the_edge_has_no_room_for_unknown_fields() -> None:
    """The document says what the server does: an unknown field is refused, however deep."""
    sent, received, schemas = _schemas(Door)

    assert ("#/components/schemas/Outer.Body", "#/components/schemas/Outer") == (sent, received)
    assert (False, False) == (
        schemas["Outer.Body"]["additionalProperties"],
        schemas["Inner.Body"]["additionalProperties"],
    )
    assert "#/components/schemas/Inner.Body" == schemas["Outer.Body"]["properties"]["inner"]["$ref"]
    assert not {"additionalProperties"} & {*schemas["Outer"], *schemas["Inner"]}


def test_a_body_between_units_stays_open() -> None:
    """A newer unit may send a field that this one does not know."""
    sent, _, schemas = _schemas(Room)

    assert ("#/components/schemas/Outer", {"Outer", "Inner", "Problem"}) == (sent, set(schemas))


class Point(Message, array_like=True):
    """A message whose fields are told by position."""

    inner: Inner
    at: tuple[int, int] = (0, 0)


class Line(Message, array_like=True, tag="line"):
    """One of several of them."""

    start: Point


class Dot(Message, array_like=True, tag="dot"):
    """Another one."""

    at: Point


class Board(Contract, id="board", edge=True):
    """What is drawn."""

    @post("/outer")
    async def send(self, shapes: tuple[Line | Dot, ...], point: Point) -> Point: ...


def test_a_message_told_by_position_has_no_room_either() -> None:
    """Neither after its fields nor within them; so says the document."""
    codec = codec_of(Board.operations["send"])
    for body, unknown in (
        (b'{"shapes":[["line",[{"size":1}]],["dot",[{"size":1},[1,2]]]],"point":[{"size":1}]}', ""),
        (b'{"shapes":[],"point":[{"size":1,"more":2}]}', "point[0].more"),
        (b'{"shapes":[],"point":[{"size":1},[1,2],3]}', "point[2]"),
        (b'{"shapes":[["dot",[{"size":1,"more":2}]]],"point":[{"size":1}]}',
         "shapes[0][1][0].more"),
        (b'{"shapes":[["line",[{"size":1}],1]],"point":[{"size":1}]}', "shapes[0][2]"),
    ):  # fmt: skip
        received = ReceivedRequest({}, b"", {}, body)
        if unknown:
            with pytest.raises(InvalidRequest, match=re.escape(f"field='{unknown}'")):
                codec.arguments(received)
        else:
            assert Point(Inner(1)) == codec.arguments(received)[1]

    schemas = openapi([Board], title="t", version="1")["components"]["schemas"]
    assert {False} == {schemas[f"{name}.Body"]["items"] for name in ("Point", "Line", "Dot")}
    assert "#/components/schemas/Inner.Body" == schemas["Point.Body"]["prefixItems"][0]["$ref"]
    assert "items" not in schemas["Point"]


class Cash(Message, tag="cash"):
    """One way to pay."""

    amount: int


class Card(Message, tag="card"):
    """Another way to pay."""

    number: str


class CashBody(Message):
    """Its name is what a closed ``Cash`` might have been called."""

    properties: Mapping[str, int]
    pay: Cash | Card


class Till(Contract, id="till", edge=True):
    """Awkward names, and a choice of messages."""

    @post("/pay")
    async def pay(self, body: Annotated[CashBody, Body()]) -> Cash: ...


def test_awkward_names_and_unions_are_closed_too() -> None:
    """A field may be called "properties", and every branch of a union is closed."""
    schemas = openapi([Till], title="t", version="1")["components"]["schemas"]
    body = schemas["CashBody.Body"]
    pay = body["properties"]["pay"]

    assert {"properties", "pay"} == set(body["properties"])
    assert {"#/components/schemas/Cash.Body", "#/components/schemas/Card.Body"} == {
        branch["$ref"] for branch in pay["anyOf"]
    }
    assert {branch["$ref"] for branch in pay["anyOf"]} == set(
        pay["discriminator"]["mapping"].values()
    )
    assert "additionalProperties" not in schemas["Cash"]
    assert schemas["Card.Body"]["additionalProperties"] is False
