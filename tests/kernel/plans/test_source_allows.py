"""What asks nothing of a symbol is ordinary Python, and stays allowed in a plan."""

# ruff: noqa: D103 - each plan is right; its name tells why

import functools
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from maestri.plans import (
    call,
    composition,
    compute,
    each,
    program_of,
    reduce,
    rescue,
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

CURRENCY: str | None = None
KINDS = ("book", "record")
PRICES: Mapping[str, int] = {"book": 1}


def constant_of_the_module(sku: Sku) -> Any:
    if CURRENCY is None:
        return call(Pricing.price, sku)
    return call(Pricing.price, sku, CURRENCY)


def constant_of_the_plan(sku: Sku) -> Any:
    currency = "EUR" if CURRENCY is None else CURRENCY
    return call(Pricing.price, sku, currency)


def constant_looked_for(sku: Sku) -> Any:
    currency = "EUR" if "book" in KINDS else "USD"
    return call(Pricing.price, sku, currency)


def loop_over_constants(sku: Sku) -> Any:
    wanted = [kind for kind in KINDS if kind not in ("record", "film") and kind is not None]
    return call(Pricing.price, sku, wanted[0])


def class_of_a_constant(sku: Sku) -> Any:
    known = isinstance(PRICES, dict) and hasattr(PRICES, "items") and type(CURRENCY) is not str
    return call(Pricing.price, sku) if known else None


def match_of_a_constant(sku: Sku) -> Any:
    match CURRENCY:
        case None:
            return call(Pricing.price, sku)
        case currency:
            return call(Pricing.price, sku, currency)


def function_of_constants(sku: Sku) -> Any:
    return call(Pricing.price, sku, currency_or("EUR"))


def function_of_a_symbol_and_a_constant(sku: Sku) -> Any:
    return price_in(sku, None)


def function_of_a_symbol_and_a_default(sku: Sku) -> Any:
    return price_in(sku)


def lambda_of_compute(sku: Sku) -> Any:
    product = call(Catalog.product, sku)
    return compute(lambda brand: "none" if brand is None else brand, product.brand_id)


def function_of_compute(sku: Sku) -> Any:
    def brand_or(brand: str | None) -> str:
        return "none" if brand is None or brand in KINDS else brand

    return compute(brand_or, call(Catalog.product, sku).brand_id)


def function_of_the_module_of_compute(sku: Sku) -> Any:
    return compute(looked_at, call(Catalog.product, sku))


def partial_of_compute(sku: Sku) -> Any:
    return compute(functools.partial(looked_at, strict=True), call(Catalog.product, sku))


def function_of_reduce(skus: tuple[Sku, ...]) -> Any:
    prices = each(skus, lambda sku: call(Pricing.price, sku))
    return reduce(lambda found: sum(one.minor for one in found if one is not None), prices)


def function_of_translate(sku: Sku) -> Any:
    def told(error: UnknownProduct) -> NotForSale:
        return NotForSale(sku=error.sku if isinstance(error, UnknownProduct) else "")

    return translate(call(Catalog.product, sku), {UnknownProduct: told})


def sorted_constants(sku: Sku) -> Any:
    first = min(KINDS, key=lambda kind: kind in {"book", "film"})
    return call(Pricing.price, sku, first)


def named_like_an_input(skus: tuple[Sku, ...]) -> Any:
    def chosen(kind: str | None) -> str:
        return "EUR" if kind is None else kind

    currency = chosen(CURRENCY)
    return each(skus, lambda sku: call(Pricing.price, sku, currency))


def rescued_by_a_constant(sku: Sku) -> Any:
    return rescue(
        call(Catalog.product, sku), {UnknownProduct: lambda: 1 if CURRENCY is None else None}
    )


def compared_by_equality(sku: Sku) -> Any:
    product = call(Catalog.product, sku)
    return when((product.title == "a") | (product.title == "b"), lambda: product.title)


def none_by_then(sku: Sku) -> Any:
    return then(call(Catalog.product, sku).brand_id, lambda brand: call(Catalog.brand, brand))


def text_of_a_constant(sku: Sku) -> Any:
    return call(Pricing.price, sku, f"{CURRENCY!r}{KINDS!s}")


def currency_or(currency: str | None) -> str:
    return "EUR" if currency is None else currency


def price_in(sku: Sku, currency: str | None = None) -> Price:
    if currency is None:
        return call(Pricing.price, sku)
    return call(Pricing.price, sku, currency)


def looked_at(product: Product, *, strict: bool = False) -> str | None:
    if isinstance(product, Product) and product.brand_id is not None and strict is not None:
        return product.brand_id
    return None


ALLOWED: tuple[Callable[..., Any], ...] = (
    constant_of_the_module,
    constant_of_the_plan,
    constant_looked_for,
    loop_over_constants,
    class_of_a_constant,
    match_of_a_constant,
    function_of_constants,
    function_of_a_symbol_and_a_constant,
    function_of_a_symbol_and_a_default,
    lambda_of_compute,
    function_of_compute,
    function_of_the_module_of_compute,
    partial_of_compute,
    function_of_reduce,
    function_of_translate,
    sorted_constants,
    named_like_an_input,
    rescued_by_a_constant,
    compared_by_equality,
    none_by_then,
    text_of_a_constant,
)


@pytest.mark.parametrize("function", ALLOWED, ids=lambda function: function.__name__)
def test_what_looks_at_values_only_is_allowed(function: Callable[..., Any]) -> None:
    """Constants are there while the plan is traced; functions of compute are given values."""
    plan = composition(function)

    assert function.__name__ == program_of(plan).plan.name


def test_a_plan_without_a_source_is_not_read() -> None:
    """What was typed at a prompt has no source to be found; its symbols refuse what they can."""
    namespace: dict[str, Any] = {"call": call, "Pricing": Pricing}
    exec("def typed(sku):\n    return call(Pricing.price, sku)\n", namespace)

    assert "price" in [step.name for step in composition(namespace["typed"]).trace.steps]
