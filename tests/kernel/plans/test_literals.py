"""Values and functions of a plan that may do different things give it different hashes."""

import enum
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from maestri.contracts import Message
from maestri.errors import PlanError
from maestri.plans import composition, compute
from tests.kernel.plans.contract import Sku
from tests.kernel.plans.test_definition import Body, plan_of, shown


class Title(Message):
    """A message."""

    title: str


class Word(enum.StrEnum):
    """Texts that are more than texts."""

    ONE = "one"


class Words:
    """An object that can be called, and says by its state what it does."""

    def __init__(self, first: str) -> None:
        self.first = first

    def __call__(self, value: Any) -> str:
        """Say it."""
        return f"{self.first} {value}"

    def after(self, value: Any) -> str:
        """Say it the other way."""
        return f"{value} {self.first}"


@dataclass(frozen=True)
class Pair:
    """Two values of any type."""

    one: Any
    other: Any


def after(first: str) -> Callable[[Any], str]:
    """Return a lambda that holds a text."""
    return lambda value: f"{first} {value}"


PAIRS: dict[str, tuple[Body, Body]] = {
    "what a pattern matches": (
        lambda sku, _: compute(re.compile("a").sub, "b", sku),
        lambda sku, _: compute(re.compile("b").sub, "b", sku),
    ),
    "the flags of a pattern": (
        lambda sku, _: compute(shown, (sku, re.compile("a"))),
        lambda sku, _: compute(shown, (sku, re.compile("a", re.IGNORECASE))),
    ),
    "what an object holds": (
        lambda sku, _: compute(shown, (sku, Words("a"))),
        lambda sku, _: compute(shown, (sku, Words("b"))),
    ),
    "what a called object holds": (
        lambda sku, _: compute(Words("a"), sku),
        lambda sku, _: compute(Words("b"), sku),
    ),
    "what a method's object holds": (
        lambda sku, _: compute(Words("a").after, sku),
        lambda sku, _: compute(Words("b").after, sku),
    ),
    "a type within an object": (
        lambda sku, _: compute(shown, (sku, Pair(Decimal(1), "a"))),
        lambda sku, _: compute(shown, (sku, Pair("1", "a"))),
    ),
    "a type within a message": (
        lambda sku, _: compute(shown, (sku, Pair(Title("1"), "a"))),
        lambda sku, _: compute(shown, (sku, Pair({"title": "1"}, "a"))),
    ),
    "the type of a key": (
        lambda sku, _: compute(shown, (sku, {1: "a"})),
        lambda sku, _: compute(shown, (sku, {"1": "a"})),
    ),
    "a text that is more than a text": (
        lambda sku, _: compute(shown, (sku, Word.ONE)),
        lambda sku, _: compute(shown, (sku, "one")),
    ),
    "the code of a lambda": (
        lambda sku, _: compute(lambda a: a + a, sku),
        lambda sku, _: compute(lambda a: a * a, sku),
    ),
    "the order within a lambda": (
        lambda sku, _: compute(lambda a, b: a - b, sku, 1),
        lambda sku, _: compute(lambda a, b: b - a, sku, 1),
    ),
    "the code within a lambda": (
        lambda _, skus: compute(lambda all_: [one + one for one in all_], skus),
        lambda _, skus: compute(lambda all_: [one * one for one in all_], skus),
    ),
    "the code of a lambda without source": (
        lambda sku, _: compute(eval("lambda a: a + a"), sku),
        lambda sku, _: compute(eval("lambda a: a * a"), sku),
    ),
    "the code within a lambda without source": (
        lambda sku, _: compute(eval("lambda a: (lambda: a + 1)()"), sku),
        lambda sku, _: compute(eval("lambda a: (lambda: a + 2)()"), sku),
    ),
    "what a lambda closes over": (
        lambda sku, _: compute(after("a"), sku),
        lambda sku, _: compute(after("b"), sku),
    ),
}


@pytest.mark.parametrize("difference", PAIRS)
def test_what_may_do_something_else_looks_different(difference: str) -> None:
    """What a value is made of and what a lambda does are told; all of it is plain data."""
    one, other = map(plan_of, PAIRS[difference])
    again = plan_of(PAIRS[difference][0])

    assert one.content_hash() != other.content_hash()
    assert one.content_hash() == again.content_hash()
    assert one.definition() == json.loads(json.dumps(one.definition()))


def test_what_does_not_say_what_it_is_made_of_is_refused() -> None:
    """Two such objects would look alike; the plan itself is none the worse."""
    endless: list[Any] = []
    endless.append(endless)
    held = plan_of(lambda sku, _: compute(shown, (sku, Words(threading.Lock()))))  # type: ignore[arg-type]  # that is the point
    holding_itself = plan_of(lambda sku, _: compute(Words(endless), sku))  # type: ignore[arg-type]  # likewise

    for plan, problem in ((held, "a lock, which does not say"), (holding_itself, "holds itself")):
        with pytest.raises(PlanError, match=f"{problem}.*named function"):
            plan.content_hash()
        assert "compute" in plan.explain()


def test_how_a_lambda_is_laid_out_is_no_part_of_the_definition() -> None:
    """Lines, comments and parentheses do nothing."""

    def one(sku: Sku) -> Any:
        return compute(lambda value: value + value, sku)

    def other(sku: Sku) -> Any:
        return compute(
            lambda value: (
                # A comment.
                value + value
            ),
            sku,
        )

    other.__name__ = one.__name__
    assert composition(one).content_hash() == composition(other).content_hash()
