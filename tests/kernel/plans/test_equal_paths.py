from collections.abc import Callable
from typing import Any

import pytest

from maestri.errors import PlanError
from maestri.plans import Plan, call, composition, compute, named, program_of, route
from tests.kernel.plans.contract import Cart, Carts, Sku


@composition
def inner(sku: Sku) -> Cart:
    """A plan with a command."""
    return call(Carts.put_line, "inner", sku)


def imitated_step(sku: Sku) -> Any:
    """A dotted name that looks like a step of an inlined plan."""
    return inner(sku), named("inner.put_line", call(Carts.put_line, "outer", sku))


def imitated_plan(sku: Sku) -> Any:
    """A dotted name of a plan, that looks like one inside another."""
    return named("outer.inner", inner)(sku)


def set_as_case(key: Any) -> Any:
    """A case that is written in another order in every process."""
    return route(key, {frozenset({"a", "b"}): lambda: call(Carts.put_line, "c", Sku("x"))})


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (imitated_step, "two steps are named"),
        (imitated_plan, "no dots"),
        (set_as_case, "choose by a text"),
    ],
)
def test_what_could_share_a_key_is_refused(function: Callable[..., Any], reason: str) -> None:
    """Two commands never have one path, nor one command another in another process."""
    with pytest.raises(PlanError, match=reason):
        program_of(composition(function))


def test_cases_that_look_alike_have_paths_of_their_own() -> None:
    """A text that reads like a constant is told from the constant."""

    @composition
    def chosen(key: Any) -> Any:
        return route(
            key,
            {
                None: lambda: call(Carts.put_line, "c", Sku("a")),
                "None": lambda: call(Carts.put_line, "c", Sku("b")),
                1: lambda: call(Carts.put_line, "c", Sku("c")),
                "1": lambda: call(Carts.put_line, "c", Sku("d")),
            },
        )

    paths = {step.path for step in chosen.trace.steps if step.word == "call"}

    assert {
        "route(key, None).put_line",
        "route(key, 'None').put_line",
        "route(key, 1).put_line",
        "route(key, '1').put_line",
    } == paths


def _adding(text: str) -> Callable[[str], str]:
    def added(value: str) -> str:
        return value + text

    return added


def _with_default(text: str) -> Callable[[str], str]:
    def added(value: str, rest: str = text) -> str:
        return value + rest

    return added


@pytest.mark.parametrize("make", [_adding, _with_default])
def test_what_a_function_brings_along_is_part_of_the_definition(
    make: Callable[[str], Callable[[str], str]],
) -> None:
    """Functions of one name that close over other values do different things."""

    def plan_with(function: Callable[[str], str]) -> Plan[[str], str]:
        def plan(text: str) -> str:
            return compute(function, text)

        return composition(plan)

    assert plan_with(make("a")).content_hash() == plan_with(make("a")).content_hash()
    assert plan_with(make("a")).content_hash() != plan_with(make("b")).content_hash()
