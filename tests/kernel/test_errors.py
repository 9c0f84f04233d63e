"""Errors say what the caller may conclude, and carry what their class declares."""

from typing import Any

import msgspec
import pytest

from maestri import errors
from maestri.errors import (
    CallError,
    ConnectFailed,
    ContractError,
    DeadlineExceeded,
    Faulted,
    NotExecuted,
    Rejected,
)


class NotForSale(Rejected, id="test.not_for_sale", status=403):
    """The product is not for sale. It may be some day."""

    sku: str
    until_s: float | None


def kinds(of: type[CallError]) -> set[type[CallError]]:
    """Return all subclasses of the kernel's own."""
    below = {kind for kind in of.__subclasses__() if kind.__module__ == "maestri.errors"}
    return below.union(*(kinds(kind) for kind in below)) if below else below


def test_every_error_has_a_code_of_its_own() -> None:
    """Two classes never look alike on the wire."""
    codes = [kind.code for kind in kinds(CallError)]

    assert len(codes) == len(set(codes))


def test_certainty_is_a_class() -> None:
    """What certainly was not executed is told apart from what may have been."""
    assert issubclass(ConnectFailed, NotExecuted)
    assert not issubclass(DeadlineExceeded, NotExecuted)
    assert not issubclass(Faulted, NotExecuted)


def test_a_business_error_has_its_fields() -> None:
    """Fields are given by keyword and read as attributes."""
    error = NotForSale(sku="A", until_s=None)

    assert ("A", None, "test.not_for_sale", 403) == (
        error.sku,
        error.until_s,
        error.code,
        error.status,
    )


def test_the_client_reads_the_first_sentence() -> None:
    """The title is the docstring's first sentence; the log names the fields."""
    error = NotForSale(sku="A", until_s=1.0)
    error.operation = "shop.buy"

    assert "The product is not for sale." == error.title
    assert "shop.buy: The product is not for sale. (sku='A', until_s=1.0)" == str(error)


@pytest.mark.parametrize("fields", [{}, {"sku": "A"}, {"sku": "A", "until_s": 1.0, "more": 1}])
def test_other_fields_are_refused(fields: dict[str, Any]) -> None:
    """A missing field, or one too many, is a mistake where the error is raised."""
    with pytest.raises(TypeError, match="takes the fields sku, until_s"):
        NotForSale(**fields)


@pytest.mark.parametrize("name", sorted(errors.RESERVED))
def test_a_field_cannot_hide_what_every_error_has(name: str) -> None:
    """A field called ``code`` would change the error's identity on the wire."""
    with pytest.raises(ContractError, match=name):
        type("Odd", (Rejected,), {"__annotations__": {name: str}}, id="test.odd")


def test_fields_from_the_wire_are_checked() -> None:
    """Fields of another type do not become an error of the class."""
    assert "A" == NotForSale.from_fields({"sku": "A", "until_s": 2}).sku
    with pytest.raises(msgspec.ValidationError):
        NotForSale.from_fields({"sku": 5, "until_s": 2})


def test_an_unknown_business_error_is_still_one() -> None:
    """A newer callee's error keeps code, status and title."""
    error = Rejected.unknown("test.new", 410, "Something new.")

    assert (Rejected, "test.new", 410, "Something new.") == (
        type(error),
        error.code,
        error.status,
        error.title,
    )
    assert ("rejected", 409) == (Rejected.code, Rejected.status)


def test_a_message_for_the_log_names_the_operation() -> None:
    """What happened and where is one line."""
    assert "shop.buy: no route" == str(ConnectFailed("no route", operation="shop.buy"))
    assert ConnectFailed.title == str(ConnectFailed())


class StockChanged(Rejected, id="test.stock_changed"):
    """Less is left. Take what there is."""

    left: int
    until_s: float | None = None
    others: tuple[str, ...] = ()


def test_a_field_with_a_default_may_be_left_out() -> None:
    """An error gains a field as a message does: with a default, which old raisers do not give."""
    error = StockChanged(left=1)

    assert (1, None, ()) == (error.left, error.until_s, error.others)
    assert {"left": 1, "until_s": None, "others": ()} == error.fields


def test_fields_of_another_version_are_tolerated() -> None:
    """What an older callee does not send has its default; what a newer one adds is dropped."""
    older, newer = StockChanged.from_fields({"left": 1}), {"left": 1, "until_s": 2, "more": 3}

    assert ({"left": 1, "until_s": None, "others": ()}, 2.0) == (
        older.fields,
        StockChanged.from_fields(newer).until_s,
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"left": "1"},
        {"left": True},
        {"left": 1, "until_s": float("nan")},
        {"left": 1, "until_s": float("inf")},
        {"left": 1, "others": ["a"]},
        {"left": 1, "others": ("\ud800",)},
        {"left": 1, "others": (b"a",)},
    ],
)
def test_a_field_that_would_not_arrive_is_refused_where_it_is_raised(
    fields: dict[str, Any],
) -> None:
    """A wrong value is a mistake of who raises the error, whatever link would carry it."""
    with pytest.raises(TypeError, match="StockChanged cannot carry"):
        StockChanged(**fields)


@pytest.mark.parametrize("status", [0, 200, 302, 600])
def test_a_refusal_has_a_status_that_refuses(status: int) -> None:
    """A status below 400 would be read as an answer; one from a peer becomes 409."""
    with pytest.raises(ContractError, match="status from 400 to 599"):
        type("Odd", (Rejected,), {}, id="test.odd", status=status)
    assert 409 == Rejected.unknown("test.odd", status, "").status
