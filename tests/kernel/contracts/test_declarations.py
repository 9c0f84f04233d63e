"""A contract that could not be kept is refused where it is written."""

import datetime as dt
import decimal
import enum
import uuid
from collections.abc import AsyncIterator, Mapping
from types import FunctionType
from typing import Annotated, Any, Literal

import msgspec
import pytest

from maestri.contracts import (
    Body,
    Contract,
    Message,
    Outcome,
    Problem,
    check_implemented,
    contracts_of,
    error_of,
    get,
    merged,
    openapi,
    operation_of,
    parse_selection,
    post,
    problem_of,
    selection_of,
    snapshot,
)
from maestri.contracts.problem import TITLE_CHARACTERS_MAX
from maestri.errors import ConnectFailed, ContractError, Faulted, InvalidRequest, Rejected
from tests.kernel.contracts.contract import Counter, Maker, Part, Parts, Sku, UnknownPart


def contract(**members: Any) -> type[Contract]:
    """Return a contract with *members*."""
    return type("Made", (Contract,), members, id="made")


class Candidates:
    """Methods that are no operations, and one that is."""

    async def plain(self, a: int) -> int:
        return a

    async def other(self, b: int) -> int:
        return b

    async def listed(self, a: list[int]) -> int:
        return len(a)

    async def anything(self, a: int) -> Any:
        return a

    async def starred(self, *a: int) -> int:
        return len(a)

    async def untyped(self, a) -> int:  # type: ignore[no-untyped-def]  # that is the point
        return int(a)

    async def endless(self, a: int):  # type: ignore[no-untyped-def]  # that is the point
        return a

    async def bodies(self, a: Annotated[Maker, Body()], b: int) -> str:
        return a.name * b

    def blocking(self, a: int) -> int:
        return a


def candidate(name: str) -> Any:
    """Return a new function like the candidate *name*; a decorator marks the one that it gets."""
    function = vars(Candidates)[name]
    made = FunctionType(function.__code__, globals(), name)
    made.__annotations__ = dict(function.__annotations__)
    return made


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        (get("/a")(candidate("listed")), "list"),
        (get("/a")(candidate("anything")), "not an immutable message type"),
        (get("/a")(candidate("starred")), "cannot be sent"),
        (get("/a")(candidate("untyped")), "has no type"),
        (get("/a")(candidate("endless")), "has no result type"),
        (post("/a")(candidate("bodies")), "whole body"),
        (get("/a")(candidate("blocking")), "async def"),
        (get("a")(candidate("plain")), "must start with a slash"),
        (get("/{b}")(candidate("plain")), "which are no parameters"),
        (get("/a", batch_of="other")(candidate("plain")), "is no operation"),
    ],
)
def test_an_operation_that_cannot_be_carried_is_refused(declared: Any, reason: str) -> None:
    """The message names what is wrong with the operation."""
    with pytest.raises(ContractError, match=reason):
        contract(declared=declared)


def test_messages_are_deeply_immutable() -> None:
    """A local call passes messages without a copy, so nothing in them can change."""

    class Loose(msgspec.Struct):
        a: int

    class Holder(Message):
        loose: Loose

    async def holding(self: Any) -> Holder:
        raise NotImplementedError

    with pytest.raises(ContractError, match="not frozen"):
        contract(holding=get("/a")(holding))
    with pytest.raises(ContractError, match="no subclasses"):
        type("More", (Holder,), {})


def test_a_batch_takes_what_the_single_operation_takes() -> None:
    """One argument is a tuple of keys instead of a key, and the result is by key."""

    async def batch(self: Any, a: tuple[int, ...]) -> Mapping[int, Outcome[str]]:
        raise NotImplementedError

    with pytest.raises(ContractError, match="must return Mapping"):
        contract(plain=get("/a")(candidate("plain")), batch=get("/b", batch_of="plain")(batch))


def test_two_operations_do_not_share_an_address() -> None:
    """One method and path is one operation."""

    async def other(self: Any, a: int) -> int:
        raise NotImplementedError

    with pytest.raises(ContractError, match="same method and path"):
        contract(plain=get("/a")(candidate("plain")), other=get("/a")(other))
    with pytest.raises(ContractError, match="same method and path"):
        contract(one=get("/{a}")(candidate("plain")), other=get("/{b}")(candidate("other")))


def test_an_implementation_leaves_nothing_out() -> None:
    """What the contract promises and nobody implements is found at start, by name."""
    partly = type("Partly", (Parts,), {"part": Candidates.plain})

    with pytest.raises(ContractError, match=r"parts\.add"):
        check_implemented(partly)
    assert (Parts,) == contracts_of(partly)


def test_declarations_follow_from_the_method() -> None:
    """GET is safe, PUT and DELETE are idempotent, POST is neither unless it says so."""
    told = {op.name: (op.safe, op.idempotent) for op in Parts.operations.values()}

    assert (True, True) == told["part"] == told["search"]
    assert (False, True) == told["replace"] == told["remove"] == told["order"]
    assert (False, False) == told["add"] == told["rename"]


def test_a_batch_and_its_single_operation_know_each_other() -> None:
    """An executor finds the batch of an operation, and its keys."""
    part, parts = Parts.operations["part"], Parts.operations["parts"]

    assert (parts, part, 7, 0) == (part.batch, parts.batch_of, parts.batch_max, parts.key_index)
    assert part is operation_of(Parts.part)


@pytest.mark.parametrize("error", [UnknownPart(sku=Sku("a")), ConnectFailed("secret"), Faulted()])
def test_an_error_survives_its_problem(error: Any) -> None:
    """Class and fields come back; what was for the log does not leave."""
    sent = msgspec.json.encode(problem_of(error, "r1"))

    found = error_of(msgspec.json.decode(sent, type=Problem), [UnknownPart], "parts.part")

    assert type(error) is type(found)
    assert getattr(error, "fields", None) == getattr(found, "fields", None)
    assert b"secret" not in sent


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (str, "a"),
        (int, 1),
        (float, 1.5),
        (bytes, b"a"),
        (dt.date, dt.date(2026, 1, 2)),
        (dt.datetime, dt.datetime(2026, 1, 2, tzinfo=dt.UTC)),
        (decimal.Decimal, decimal.Decimal("1.00")),
        (uuid.UUID, uuid.UUID(int=1)),
        (Literal[1, 2], 1),
        (enum.Enum("Size", {"SMALL": 1}), 1),
    ],
)
def test_an_error_carries_a_mapping_of_whatever_keys_a_message_does(kind: Any, key: Any) -> None:
    """In JSON every key is a text; read as one, the error would not be known any more."""
    annotations = {"left": Mapping[kind, int]}
    declared = type("Short", (Rejected,), {"__annotations__": annotations}, id="parts.short")
    given = {kind(key) if isinstance(kind, enum.EnumType) else key: 3}

    found = error_of(problem_of(declared(left=given)), [declared], "parts.part")

    assert (declared, {"left": given}) == (type(found), getattr(found, "fields", None))


def test_an_undeclared_refusal_is_a_plain_one() -> None:
    """A business error that the contract does not name arrives with its code alone."""
    found = error_of(problem_of(UnknownPart(sku=Sku("a"))), [], "parts.part")

    assert (Rejected, "parts.unknown", 404) == (type(found), found.code, found.status)


def test_the_title_of_an_undeclared_refusal_is_cut() -> None:
    """What another side sends ends up in logs and pages; so much of it is enough."""
    sent = Problem("urn:maestri:rejected:other", "x" * (TITLE_CHARACTERS_MAX + 1), 409)

    assert "x" * TITLE_CHARACTERS_MAX == error_of(sent, [], "parts.part").title


@pytest.mark.parametrize("fields", [b"{}", b'{"sku": 5}', b"[1]", b'{"sku": "\xff"}', b"[" * 9_999])
def test_a_refusal_whose_fields_do_not_fit_is_still_one(fields: bytes) -> None:
    """It says no, with code, status and title; taken for a fault, it could be ignored."""
    sent = Problem("urn:maestri:rejected:parts.unknown", "No.", 404, fields=msgspec.Raw(fields))

    found = error_of(sent, [UnknownPart], "parts.part")

    assert (Rejected, "parts.unknown", 404, "No.") == (
        type(found),
        found.code,
        found.status,
        found.title,
    )


@pytest.mark.parametrize("text", ["a(", "a)", "a,,b", "(a)", "a b", "", "a" * 4_001, "a(" * 9])
def test_a_selection_that_is_none_is_refused(text: str) -> None:
    """A selection is bounded in length and depth, and every parenthesis is closed."""
    with pytest.raises(InvalidRequest):
        parse_selection(text)


def test_a_selection_is_a_value() -> None:
    """Order does not matter; text and value are one; the whole swallows a part."""
    one, other = parse_selection("b,a(c)"), parse_selection("a(c),b")

    assert (one, hash(one), "a(c),b") == (other, hash(other), str(one))
    assert "a,b" == str(merged(one, parse_selection("a")))
    assert None is merged(one, None)
    assert selection_of(Maker) == parse_selection("country,name")
    assert selection_of(Part) is not None


def test_the_document_describes_what_clients_may_call() -> None:
    """OpenAPI names operations, parameters and errors, and leaves hidden ones out."""
    document = openapi([Counter], title="Counter", version="1", prefix="/counter")

    assert {"/counter/logins", "/counter/notes"} == set(document["paths"])
    login = document["paths"]["/counter/logins"]["post"]
    assert ["application/x-www-form-urlencoded"] == list(login["requestBody"]["content"])


def test_a_stream_of_json_is_described_as_any() -> None:
    """Its bytes are sent as they are; they are no text in base64, as bytes in JSON are."""

    async def lines(self: Any) -> AsyncIterator[bytes]:
        raise NotImplementedError

    async def one(self: Any) -> bytes:
        raise NotImplementedError

    made = contract(lines=get("/lines")(lines), one=get("/one")(one))
    paths = openapi([made], title="Lines", version="1")["paths"]
    described = {
        path: paths[path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        for path in ("/lines", "/one")
    }

    assert {"/lines": {}, "/one": {"type": "string", "contentEncoding": "base64"}} == described


def test_a_snapshot_tells_promises_and_not_names() -> None:
    """Two snapshots differ only if a promise does."""
    described = snapshot(Parts)

    assert {operation.id for operation in Parts.operations.values()} == set(described["operations"])
    assert ["parts.unknown"] == described["operations"]["parts.part"]["errors"]
    assert described == msgspec.json.decode(msgspec.json.encode(described))
