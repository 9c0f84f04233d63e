"""An operation is declared once, in a contract; anything else that looks like one is refused."""

from typing import Any

import pytest

from maestri.contracts import Contract, get, post
from maestri.errors import ContractError


class Shop(Contract, id="shop"):
    """A contract with one operation."""

    @get("/price")
    async def price(self) -> int:
        raise NotImplementedError


def method() -> Any:
    """Return a new method that returns a number; a decorator marks the one that it gets."""

    async def price(self: Any) -> int:
        raise NotImplementedError

    return price


def test_an_implementation_declares_no_operation() -> None:
    """Nobody could call it: callers know the contract alone."""
    with pytest.raises(ContractError, match="more: an operation is declared in the contract"):
        type("Served", (Shop,), {"more": get("/more")(method())})


def test_an_implementation_declares_no_operation_anew() -> None:
    """The address that it gives would be that of nothing."""
    with pytest.raises(ContractError, match="only implemented here; take the decorator away"):
        type("Served", (Shop,), {"price": get("/other")(method())})


@pytest.mark.parametrize("settings", [{"edge": True}, {"prefix": "/a"}, {"external": print}])
def test_an_implementation_has_no_settings(settings: dict[str, Any]) -> None:
    """They are the contract's, which is what callers and servers look at."""
    with pytest.raises(ContractError, match="belong to the contract"):
        type("Served", (Shop,), {"price": method()}, **settings)


@pytest.mark.parametrize("bases", [(Contract,), (type("Mixed", (), {}), Contract)])
def test_a_contract_has_an_id(bases: tuple[type, ...]) -> None:
    """Whatever else it is made of; without one it would be the implementation of none."""
    with pytest.raises(ContractError, match="a contract needs an id"):
        type("Nameless", bases, {})


def test_a_public_method_of_a_contract_is_an_operation() -> None:
    """One without a verb would be in no stub, no document and no snapshot."""
    with pytest.raises(ContractError, match="price is no operation; say how it travels"):
        type("Forgotten", (Contract,), {"price": method()}, id="forgotten")


def test_a_private_method_of_a_contract_is_none() -> None:
    """Its underscore says so."""
    made: type[Contract] = type("Made", (Contract,), {"_helping": method()}, id="made")

    assert {} == made.operations


def test_an_operation_is_declared_once() -> None:
    """It has one method and path."""
    with pytest.raises(ContractError, match="is declared twice; give it one method and path"):
        post("/price")(get("/price")(method()))


@pytest.mark.parametrize("path", [method(), 5, None])
def test_a_verb_is_given_a_path(path: Any) -> None:
    """``@get`` without one would swallow the method."""
    with pytest.raises(ContractError, match="instead of a path; write @get"):
        get(path)
