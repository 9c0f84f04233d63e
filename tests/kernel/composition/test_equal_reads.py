"""Reads are equal if they are equal to the callee, which sees what is sent and nothing else."""
# mypy: disable-error-code="empty-body"

from decimal import Decimal
from typing import Any

import pytest

from maestri.composition import Composer
from maestri.contracts import Contract, get, post
from maestri.plans import Plan, call, composition, named


class Numbers(Contract, id="numbers"):
    """Says what it was asked for."""

    @get("/exact")
    async def exact(self, value: Decimal) -> str: ...

    @get("/float")
    async def rough(self, value: float) -> str: ...

    @post("/mixed", safe=True)
    async def mixed(self, value: int | bool) -> str: ...


class Speaking(Numbers):
    """Numbers that note what they were asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def exact(self, value: Decimal) -> str:
        self.asked.append(repr(value))
        return repr(value)

    async def rough(self, value: float) -> str:
        self.asked.append(repr(value))
        return repr(value)

    async def mixed(self, value: int | bool) -> str:
        self.asked.append(repr(value))
        return repr(value)


@composition
def exact(one: Decimal, other: Decimal) -> tuple[str, str]:
    """Ask for two numbers."""
    return call(Numbers.exact, one), named("again", call(Numbers.exact, other))


@composition
def rough(one: float, other: float) -> tuple[str, str]:
    """Ask for two numbers."""
    return call(Numbers.rough, one), named("again", call(Numbers.rough, other))


@composition
def mixed(one: int | bool, other: int | bool) -> tuple[str, str]:
    """Ask for two values."""
    return call(Numbers.mixed, one), named("again", call(Numbers.mixed, other))


@pytest.mark.parametrize(
    ("plan", "one", "other"),
    [
        (exact, Decimal("1.0"), Decimal("1.00")),
        (rough, 0.0, -0.0),
        (mixed, 1, True),
        (mixed, 0, False),
    ],
)
async def test_what_differs_on_the_wire_is_asked_for_twice(
    plan: Plan[[Any, Any], tuple[str, str]], one: Any, other: Any
) -> None:
    """Values that are equal to Python, but not to a callee, have answers of their own."""
    answers = await Composer({"numbers": Speaking()}).run(plan, one, other)

    assert (repr(one), repr(other)) == answers


@pytest.mark.parametrize(("plan", "value"), [(exact, "1.50"), (rough, "1.5"), (mixed, "7")])
async def test_what_is_equal_on_the_wire_is_asked_for_once(
    plan: Plan[[Any, Any], tuple[str, str]], value: str
) -> None:
    """Equal values are one call, whatever objects they are."""
    made = {exact: Decimal, rough: float, mixed: int}[plan]
    numbers = Speaking()
    await Composer({"numbers": numbers}).run(plan, made(value), made(value))

    assert 1 == len(numbers.asked)
