"""A batch fits the operation that it serves for many keys, or is refused where it is written."""

from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from maestri.contracts import Contract, Outcome, get, post, put
from maestri.errors import ContractError, Rejected
from tests.kernel.contracts.contract import Maker, Sku, UnknownPart
from tests.kernel.contracts.declarations import declared, method


def batch_of(
    single: Any,
    batch: Any,
    *,
    raises: Sequence[type[Rejected]] = (),
    batch_raises: Sequence[type[Rejected]] = (),
) -> type[Contract]:
    """Return a contract of *single* and its *batch*, both by GET."""
    return declared(
        get("/one", raises=list(raises))(single),
        get("/many", batch_of="operation_0", raises=list(batch_raises))(batch),
    )


Many = Mapping[str, Outcome[int]]
KEYS = {"key": tuple[str, ...]}


MUST_RETURN = "must return Mapping"


@pytest.mark.parametrize(
    ("single", "batch", "reason"),
    [
        # The keys: a tuple of what the single operation takes.
        (({"key": str}, int), ({"key": frozenset[str]}, Many), "'key' must be tuple.str, ..."),
        (({"key": str}, int), ({"key": tuple[int, ...]}, Many), "'key' must be tuple.str, ..."),
        (({"key": str}, int), ({"key": tuple[str, str]}, Many), "'key' must be tuple.str, ..."),
        (({"key": str}, int), ({"key": str}, Many), "exactly one argument must differ"),
        (({"key": str}, int), ({}, Many), "must take the same arguments"),
        (
            ({"key": str, "a": str, "b": str}, int),
            ({**KEYS, "b": str, "a": str}, Many),
            "must have the same names",
        ),
        (
            ({"key": str, "a": int}, int),
            ({**KEYS, "a": str}, Many),
            "exactly one argument must differ",
        ),
        # The key: equal to Python is equal on the wire.
        (
            ({"key": float}, int),
            ({"key": tuple[float, ...]}, Mapping[float, Outcome[int]]),
            "float cannot be a key",
        ),
        (
            ({"key": Decimal}, int),
            ({"key": tuple[Decimal, ...]}, Mapping[Decimal, Outcome[int]]),
            "Decimal cannot be a key",
        ),
        (({"key": bool}, int), ({"key": tuple[bool, ...]}, Many), "bool cannot be a key"),
        # The answer: by key, an outcome each.
        (({"key": str}, int), (KEYS, Mapping[int, Outcome[int]]), MUST_RETURN),
        (({"key": Sku}, int), ({"key": tuple[Sku, ...]}, Many), MUST_RETURN),
        (({"key": str}, int), (KEYS, Mapping[str, int]), MUST_RETURN),
        (({"key": str}, int), (KEYS, Mapping[str, Outcome[str]]), MUST_RETURN),
        (({"key": str}, int), (KEYS, tuple[Outcome[int], ...]), MUST_RETURN),
        (
            ({"key": str}, AsyncIterator[bytes]),
            (KEYS, Mapping[str, Outcome[bytes]]),
            "neither streams nor Replies",
        ),
    ],
)
def test_a_batch_fits_what_it_serves(
    single: tuple[Any, Any], batch: tuple[Any, Any], reason: str
) -> None:
    """Keys are a tuple, the answer is by key, all other arguments are the same."""
    with pytest.raises(ContractError, match=f"batch_of made.operation_0: .*{reason}"):
        declared(
            post("/one", safe=True)(method(*single)),
            post("/many", safe=True, batch_of="operation_0")(method(*batch)),
        )


def test_the_message_for_a_batch_writes_types_as_they_are_written() -> None:
    """Where they come from is said by the imports."""
    with pytest.raises(ContractError) as raised:
        batch_of(method({"key": Sku}, Maker), method({"key": tuple[Sku, ...]}, Many))

    assert str(raised.value).endswith(
        "must return Mapping[Sku, Outcome[Maker]], not Mapping[str, Union[Succeeded[int], Failed]]"
    )


def test_a_batch_does_what_its_single_operation_does() -> None:
    """Its errors are among those of the single one; both are safe, or neither."""

    def pair() -> tuple[Any, Any]:
        return method({"key": str}, int), method(KEYS, Many)

    with pytest.raises(ContractError, match="raises UnknownPart"):
        batch_of(*pair(), batch_raises=[UnknownPart])
    for single_by, batch_by, reason in (
        (post, get, "must be safe"),
        (get, post, "must be safe"),
        (put, post, "idempotent"),
    ):
        single, many = pair()
        with pytest.raises(ContractError, match=reason):
            declared(single_by("/one")(single), batch_by("/many", batch_of="operation_0")(many))
    assert batch_of(*pair(), raises=[UnknownPart], batch_raises=[UnknownPart])


def test_an_operation_has_one_batch() -> None:
    """Two would leave open which one is called, and a batch of a batch which keys are meant."""
    single, many, more = method({"key": str}, int), method(KEYS, Many), method(KEYS, Many)

    with pytest.raises(ContractError, match="has one batch"):
        declared(
            get("/one")(single),
            get("/many", batch_of="operation_0")(many),
            get("/more", batch_of="operation_0")(more),
        )
    with pytest.raises(ContractError, match="has one batch, and a batch has none"):
        declared(get("/many", batch_of="operation_0")(method(KEYS, Many)))
