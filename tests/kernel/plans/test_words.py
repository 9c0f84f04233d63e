"""A word refuses what it cannot take, while the plan is traced."""

# ruff: noqa: D103 - the table below the plans tells what is wrong with each

import functools
from collections.abc import Callable
from typing import Any

import pytest

from maestri.contracts import Message
from maestri.errors import PlanError
from maestri.plans import (
    Role,
    at,
    call,
    composition,
    compute,
    each,
    named,
    optional,
    quorum,
    route,
    select,
)
from tests.kernel.plans.contract import (
    Catalog,
    Pricing,
    Product,
    Search,
    Sku,
)
from tests.kernel.plans.refusals import refused_at_import


class Wider(Message):
    title: str
    colour: str


class Retyped(Message):
    title: int


class Surer(Message):
    brand_id: str


def outside_contracts(sku: Sku) -> Any:
    return call(_plain, sku)


def streamed(sku: Sku) -> Any:
    return call(Catalog.picture, sku)


def computed_operation(sku: Sku) -> Any:
    return compute(Catalog.product, Catalog(), sku)


def computed_coroutine(sku: Sku) -> Any:
    return compute(_plain, Catalog(), sku)


def missing_argument(_: Sku) -> Any:
    return call(Catalog.product)  # type: ignore[call-arg]  # the mistake


def unknown_argument(sku: Sku) -> Any:
    return call(Catalog.product, sku=sku, colour="red")  # type: ignore[call-arg]  # the mistake


def wrong_role(query: str) -> Any:
    return at(Role(Catalog, "books"), Search.search, query)  # type: ignore[misc]  # the mistake


def wider_shape(sku: Sku) -> Any:
    return select(call(Catalog.product, sku), Wider)


def retyped_shape(sku: Sku) -> Any:
    return select(call(Catalog.product, sku), Retyped)


def surer_shape(sku: Sku) -> Any:
    return select(call(Catalog.product, sku), Surer)


def no_shape(sku: Sku) -> Any:
    return select(call(Catalog.product, sku), str)


def quorum_too_large(name: str) -> Any:
    return quorum([call(Catalog.brand, name)], 2)


def quorum_of_one(sku: Sku) -> Any:
    product = call(Catalog.product, sku)
    return quorum((product, product), 2)


def each_over_one(sku: Sku) -> Any:
    return each(call(Catalog.product, sku), lambda one: one)  # type: ignore[arg-type]  # the mistake


def each_over_maybe(names: tuple[str, ...] | None) -> Any:
    return each(names, lambda one: one)  # type: ignore[arg-type]  # the mistake


def optional_of_a_value(_: Sku) -> Any:
    return optional(3)


def route_to_nowhere(key: str) -> Any:
    return route(key, {})


def nameless(sku: Sku) -> Any:
    return named("", call(Catalog.product, sku))


def named_field(sku: Sku) -> Any:
    return named("title", call(Catalog.product, sku).title)


def many_steps(sku: Sku) -> Any:
    return tuple(named(f"n{i}", call(Pricing.price, sku)) for i in range(501))


def many_inputs(*skus: Sku) -> Any:
    return skus


def endless(sku: Sku) -> Any:
    return composition(endless)(sku)


AT_IMPORT: dict[Callable[..., Any], str] = {
    outside_contracts: "of what is no operation; name a method of a contract",
    streamed: "call of catalog.picture, which streams; serve it with a method",
    computed_operation: "of an operation; use call(operation, ...)",
    computed_coroutine: "of what is not pure: it waits",
    missing_argument: "catalog.product() misses the argument 'sku'",
    unknown_argument: "catalog.product() has no argument 'colour'",
    wrong_role: "search.search at Role(Catalog, 'books'), which has another contract",
    wider_shape: "the shape asks for colour, which Product does not have",
    retyped_shape: "the shape's field title is int",
    surer_shape: "the shape's field brand_id may be None in the result",
    no_shape: "the shape is a Message with the fields that are needed",
    quorum_too_large: "quorum of 2 among 1 steps; ask for at most as many as there are",
    quorum_of_one: "quorum() counts <product> again, whose step it has counted",
    each_over_one: "each() over <product>, which is no sequence",
    each_over_maybe: "each() over <names>, which may be None; use otherwise(items, ())",
    optional_of_a_value: "optional() of 3, which is no step",
    route_to_nowhere: "route without cases",
    nameless: "the name ''",
    named_field: "named() of <product.title>, which is no step",
    many_steps: "has more than 500 steps; split it into several operations",
    many_inputs: "has the parameter *skus; name each input",
    endless: "contains itself; a plan is finite",
}


@pytest.mark.parametrize("function", AT_IMPORT, ids=lambda function: function.__name__)
def test_misuse_of_a_word_is_refused_while_the_plan_is_traced(
    function: Callable[..., Any],
) -> None:
    """What a word cannot take is refused in the line that gives it."""
    message = refused_at_import(function)

    assert AT_IMPORT[function] in message


class Composing:
    """What can be called, and is no function."""

    def __call__(self, sku: Sku) -> Any:
        return call(Catalog.product, sku)


@pytest.mark.parametrize(
    "given",
    [5, len, Composing, Composing(), functools.partial(nameless, Sku("a"))],
    ids=["number", "builtin", "class", "instance", "partial"],
)
def test_a_plan_is_made_of_a_function(given: Any) -> None:
    """Anything else has no name, or no source, and is told what to be."""
    with pytest.raises(PlanError, match="which is no function; decorate a `def`"):
        composition(given)


def test_a_plan_has_a_name() -> None:
    """Keys, records and the names of missing parts are made of it."""
    with pytest.raises(PlanError, match="of a lambda, which has no name"):
        composition(lambda sku: call(Catalog.product, sku))


def test_a_plan_that_names_itself_contains_itself() -> None:
    """While a plan is traced its name does not exist yet; the message says what that means."""
    with pytest.raises(PlanError, match="plan again contains itself"):

        @composition
        def again(sku: Sku) -> Any:
            return again(sku)


def test_words_belong_into_plans() -> None:
    """Outside a plan a word says where it belongs."""
    with pytest.raises(PlanError, match="call is used outside a plan; put it into a function"):
        call(Catalog.product, Sku("a"))


def test_a_plan_is_not_called_but_run() -> None:
    """Outside another plan, a plan says how to run it."""

    @composition
    def one(sku: Sku) -> Product:
        return call(Catalog.product, sku)

    with pytest.raises(PlanError, match=r"await composer\.run"):
        one(Sku("a"))


async def _plain(_: Catalog, sku: Sku) -> str:
    return sku
