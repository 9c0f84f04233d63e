"""A plan, a body and a computation are plain functions, called the way they are written."""

# ruff: noqa: ARG001, ARG005, D103, PLW0108 - each plan is a mistake; its name tells which

import functools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from maestri.plans import (
    call,
    composition,
    compute,
    each,
    optional,
    otherwise,
    outcomes,
    reduce,
    rescue,
    route,
    then,
    translate,
    when,
)
from tests.kernel.plans.contract import (
    Catalog,
    NotForSale,
    Price,
    Pricing,
    Product,
    Sku,
    UnknownProduct,
)
from tests.kernel.plans.refusals import refused_at_import


@composition
def card(sku: Sku) -> Product:
    """One product."""
    return call(Catalog.product, sku)


@composition
def priced(sku: Sku, currency: str) -> Price:
    """One price."""
    return call(Pricing.price, sku, currency)


async def waits(sku: Sku) -> Product:
    return call(Catalog.product, sku)


async def waits_many(sku: Sku) -> AsyncIterator[Product]:
    yield call(Catalog.product, sku)


def yields(sku: Sku) -> Iterator[Product]:
    yield call(Catalog.product, sku)


class Waits:
    async def __call__(self, sku: Sku) -> Product:
        return call(Catalog.product, sku)

    async def method(self, sku: Sku) -> Product:
        return call(Catalog.product, sku)


class Yields:
    def __call__(self, sku: Sku) -> Iterator[Product]:
        yield call(Catalog.product, sku)


async def told_later(error: UnknownProduct) -> NotForSale:
    return NotForSale(sku=error.sku)


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (waits, "plan waits is an `async def`; write `def`: steps are not awaited"),
        (waits_many, "plan waits_many is an `async def`"),
        (yields, "plan yields has a `yield`; return the result; use each(items, step) for many"),
    ],
)
def test_a_plan_is_a_plain_function(function: Callable[..., Any], problem: str) -> None:
    """Nothing in a plan is awaited or iterated over: it is called once, and returns."""
    assert problem in refused_at_import(function)


NO_BODIES: dict[str, tuple[Any, str]] = {
    "async": (waits, "is an `async def`"),
    "an async generator": (waits_many, "is an `async def`"),
    "a generator": (yields, "has a `yield`"),
    "an async method": (Waits().method, "is an `async def`"),
    "an async object": (Waits(), "is an `async def`"),
    "a generating object": (Yields(), "has a `yield`"),
    "an async partial": (functools.partial(waits), "is an `async def`"),
    "a generating partial": (functools.partial(yields), "has a `yield`"),
    "a lambda that waits": (lambda sku: waits(sku), "coroutine"),
    "a lambda that generates": (lambda sku: yields(sku), "generator"),
    "an operation": (Catalog.product, "call(Catalog.product"),
    "a lambda of an operation": (lambda _: Catalog.product, "which is not called"),
    "a lambda of a plan": (lambda _: card, "<plan card>, which is not called; write card(...)"),
    "a value": ("title", "is given 'title' instead of a function"),
    "nothing": (None, "is given None instead of a function"),
    "too few parameters": (lambda: call(Catalog.brand, "x"), "argument"),
    "too many parameters": (lambda sku, other: call(Pricing.price, sku, other), "argument"),
    "a plan of two": (priced, "argument"),
}
WORDS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "each": lambda skus, sku, body: each(skus, body),
    "outcomes": lambda skus, sku, body: outcomes(skus, body),
    "then": lambda skus, sku, body: then(sku, body),
}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("name", NO_BODIES)
def test_a_body_is_a_plain_function_of_its_item(word: str, name: str) -> None:
    """What is done for a value is a function of that value alone, and returns an expression."""
    body, problem = NO_BODIES[name]

    def plan(skus: tuple[Sku, ...], sku: Sku) -> Any:
        return WORDS[word](skus, sku, body)

    assert problem in refused_at_import(plan)


async def waits_for_nothing() -> Product:
    return call(Catalog.product, Sku("a"))


def yields_nothing() -> Iterator[Product]:
    yield call(Catalog.product, Sku("a"))


NO_CASES: dict[str, tuple[Any, str]] = {
    "async": (waits_for_nothing, "is an `async def`"),
    "a generator": (yields_nothing, "has a `yield`"),
    "a lambda of an operation": (lambda: Catalog.product, "which is not called"),
    "a lambda of a plan": (lambda: card, "which is not called"),
    "a function of an item": (lambda sku: call(Catalog.product, sku), "argument"),
    "a plan with an input": (card, "argument"),
    "an operation": (Catalog.product, "call(Catalog.product"),
}
CASES: dict[str, Callable[[Any, Any], Any]] = {
    "when": lambda sku, body: when(sku != "", body),
    "route": lambda sku, body: route(sku, {Sku("a"): body}),
    "rescue": lambda sku, body: rescue(call(Pricing.price, sku), {NotForSale: body}),
    "otherwise": lambda sku, body: otherwise(call(Catalog.product, sku).brand_id, body),
}


@pytest.mark.parametrize("word", CASES)
@pytest.mark.parametrize("name", NO_CASES)
def test_a_case_is_a_plain_function_of_nothing(word: str, name: str) -> None:
    """What is done in some case is a function without parameters."""
    body, problem = NO_CASES[name]

    def plan(sku: Sku) -> Any:
        return CASES[word](sku, body)

    assert problem in refused_at_import(plan)


@pytest.mark.parametrize("word", sorted(CASES.keys() - {"otherwise"}))
def test_a_case_is_never_a_value(word: str) -> None:
    """A value would run, or be needed, in every case."""

    def plan(sku: Sku) -> Any:
        return CASES[word](sku, named_product(sku))

    assert "instead of a function; what runs only sometimes is a function" in refused_at_import(
        plan
    )


def named_product(sku: Sku) -> Product:
    return call(Catalog.product, sku)


NO_COMPUTATIONS: dict[str, tuple[Any, str]] = {
    "async": (waits, "of what is not pure: it waits"),
    "an async generator": (waits_many, "of what is not pure: it waits"),
    "a generator": (yields, "of a generator, which has no value of its own"),
    "an async method": (Waits().method, "of what is not pure: it waits"),
    "an async object": (Waits(), "of what is not pure: it waits"),
    "a generating object": (Yields(), "of a generator"),
    "an async partial": (functools.partial(waits), "of what is not pure: it waits"),
    "an operation": (Catalog.product, "use call(operation, ...)"),
    "a plan": (card, "compute(card) of a plan; inline it: card(...)"),
    "a value": ("title", "of what is no function"),
}


@pytest.mark.parametrize("name", NO_COMPUTATIONS)
def test_a_computation_is_a_plain_function(name: str) -> None:
    """It is pure: it waits for nothing, calls nobody, and returns one value."""
    function, problem = NO_COMPUTATIONS[name]

    def computed(sku: Sku) -> Any:
        return compute(function, sku)

    def reduced(skus: tuple[Sku, ...]) -> Any:
        return reduce(function, skus)

    assert problem in refused_at_import(computed)
    assert problem in refused_at_import(reduced)


def test_a_translation_is_a_plain_function() -> None:
    """It makes an error of an error, at once."""

    def plan(sku: Sku) -> Any:
        return translate(call(Catalog.product, sku), {UnknownProduct: told_later})  # type: ignore[dict-item]  # the mistake

    assert "waits" in refused_at_import(plan)


def uncalled_plan_in_the_result(sku: Sku) -> Any:
    return card(sku), card


def uncalled_plan_as_the_result(sku: Sku) -> Any:
    return card


def uncalled_operation_in_the_result(sku: Sku) -> Any:
    return {"product": Catalog.product}


def uncalled_plan_as_an_argument(sku: Sku) -> Any:
    return compute(len, (card, sku))


def uncalled_operation_as_an_argument(sku: Sku) -> Any:
    return call(Pricing.price, Catalog.product)  # type: ignore[arg-type]  # the mistake


def uncalled_plan_as_an_optional(sku: Sku) -> Any:
    return optional(card)


def uncalled_plan_as_a_part_of_a_message(sku: Sku) -> Any:
    return Price(sku, card)  # type: ignore[arg-type]  # the mistake


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (uncalled_plan_in_the_result, "<plan card>, which is not called; write card(...)"),
        (uncalled_plan_as_the_result, "<plan card>, which is not called; write card(...)"),
        (uncalled_operation_in_the_result, "write call(Catalog.product, ...)"),
        (uncalled_plan_as_an_argument, "<plan card>, which is not called; write card(...)"),
        (uncalled_operation_as_an_argument, "write call(Catalog.product, ...)"),
        (uncalled_plan_as_an_optional, "optional() of <plan card>, which is no step"),
        (uncalled_plan_as_a_part_of_a_message, "<plan card>, which is not called"),
    ],
)
def test_a_plan_or_an_operation_is_no_value(function: Callable[..., Any], problem: str) -> None:
    """Whoever forgot to call it would hand the plan itself on."""
    assert problem in refused_at_import(function)


def shown(title: str, *, most: int = 3) -> str:
    return title[:most]


WRONG_ARGUMENTS: dict[str, Callable[[Any], Any]] = {
    "missing": lambda title: compute(shown),  # type: ignore[call-arg]  # the mistake
    "one too many": lambda title: compute(shown, title, 3),  # type: ignore[call-arg]  # the mistake
    "unknown": lambda title: compute(shown, title, least=3),  # type: ignore[call-arg]  # the mistake
    "twice": lambda title: compute(shown, title, title=title),  # type: ignore[misc]  # the mistake
    "of a partial": lambda title: compute(functools.partial(shown, most=1), title, title),  # pyright: ignore[reportCallIssue]  # the mistake
    "of a class": lambda title: compute(Price, title, 1, 2),  # type: ignore[call-arg]  # the mistake
    "of a method": lambda title: compute("a".join),  # type: ignore[call-arg]  # the mistake
}


@pytest.mark.parametrize("name", WRONG_ARGUMENTS)
def test_a_computation_has_the_arguments_of_its_signature(name: str) -> None:
    """What would be a TypeError in a request is refused at import."""

    def plan(sku: Sku) -> Any:
        return WRONG_ARGUMENTS[name](call(Catalog.product, sku).title)

    assert refused_at_import(plan).startswith("compute(")


def mutable_type(skus: list[Sku]) -> Any:
    return skus


def mutable_default(skus: list[Sku] = []) -> Any:  # noqa: B006 - the mistake
    return skus


def mutable_default_of_an_immutable_type(skus: tuple[Sku, ...] = []) -> Any:  # type: ignore[assignment]
    return skus


def default_of_another_type(most: int = "3") -> Any:  # type: ignore[assignment]  # the mistake
    return compute(str, most)


@pytest.mark.parametrize(
    "function",
    [
        mutable_type,
        mutable_default,
        mutable_default_of_an_immutable_type,
        default_of_another_type,
    ],
)
def test_the_inputs_of_a_plan_never_change(function: Callable[..., Any]) -> None:
    """A default is shared by all runs, and an input by all steps: both are immutable."""
    assert f"plan {function.__name__}" in refused_at_import(function)
