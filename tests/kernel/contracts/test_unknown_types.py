"""A type that only type checkers know is refused where it is written, by its name."""

from typing import TYPE_CHECKING, Any

import pytest

from maestri.contracts import Message, get, post
from maestri.errors import ContractError, PlanError, Rejected
from maestri.plans import composition
from tests.kernel.contracts.declarations import declared

if TYPE_CHECKING:
    from tests.kernel.contracts.contract import Maker


class Held(Message):
    """A message with a field of such a type."""

    maker: "Maker"


class Refused(Rejected, id="test.unknown_type"):
    """An error with such a field."""

    maker: "Maker"


async def taking(self: Any, maker: "Maker") -> None:
    """Take one."""


async def giving(self: Any) -> "Maker":
    """Give one."""
    raise NotImplementedError


async def taking_held(self: Any, held: Held) -> None:
    """Take a message that holds one."""


async def giving_held(self: Any) -> tuple[Held, ...]:
    """Give messages that hold one."""
    raise NotImplementedError


async def refusing(self: Any) -> None:
    """Raise an error that holds one."""


REMEDY = "the type 'Maker' is not known when the program runs; define it before, or import it"


@pytest.mark.parametrize("function", [taking, giving, taking_held, giving_held])
def test_an_operation_knows_its_types(function: Any) -> None:
    """In parameters, in results, and in the messages that they are."""
    with pytest.raises(ContractError, match=REMEDY):
        declared(post("/a")(function))


def test_an_error_knows_its_types() -> None:
    """So do the errors that an operation declares."""
    with pytest.raises(ContractError, match=f"Refused: {REMEDY}"):
        declared(get("/a", raises=[Refused])(refusing))


def test_a_plan_knows_its_types() -> None:
    """It is refused with its line."""

    def plan(maker: "Maker") -> "Maker":
        return maker

    with pytest.raises(PlanError, match=rf"test_unknown_types.py:\d+: plan plan: {REMEDY}"):
        composition(plan)
