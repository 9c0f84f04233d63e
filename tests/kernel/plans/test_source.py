"""What Python never asks of a value cannot be asked of a symbol: it is refused by the source."""

# ruff: noqa: FURB171, D103, E721 - each plan is a mistake; its name tells which

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import maestri.plans as algebra
from maestri.errors import PlanError
from maestri.plans import (
    Role,
    at,
    call,
    composition,
    each,
    optional,
    route,
    then,
    when,
)
from tests.kernel.plans.contract import (
    Brand,
    Catalog,
    Pages,
    Price,
    Pricing,
    Product,
    Search,
    Sku,
)
from tests.kernel.plans.refusals import refused_in_its_lines

LIMIT: int | None = None
KINDS = ("book", "record")
BOOKS = Role(Search, "books")


def compared_by_is(sku: Sku) -> Any:
    product = call(Catalog.product, sku)
    return None if product.brand_id is None else product


def compared_by_is_not(sku: Sku) -> Any:
    product = call(Catalog.product, sku)
    if product.brand_id is not None:
        return call(Catalog.brand, product.brand_id)
    return None


def none_on_the_left(sku: Sku) -> Any:
    product = call(Catalog.product, sku)
    return 1 if None is product.brand_id else 2


def input_compared(brand_id: str | None) -> Any:
    return call(Catalog.brand, "x" if brand_id is None else brand_id)


def two_symbols_compared(one: Sku, other: Sku) -> Any:
    return 1 if one is other else 2


def boolean_compared(sku: Sku) -> Any:
    heavy = call(Catalog.product, sku).weight_g > 1
    return 1 if heavy is True else 2


def word_compared(sku: Sku) -> Any:
    return 1 if optional(call(Pricing.price, sku)) is None else 2


def word_of_the_module_compared() -> Any:
    return 1 if algebra.call(Pages.latest) is None else 2


def word_of_constants_compared() -> Any:
    return 1 if at(BOOKS, Search.search, "x") is None else 2


def function_of_constants_compared() -> Any:
    return 1 if latest() is None else 2


def assigned_compared(sku: Sku) -> Any:
    if (price := call(Pricing.price, sku)) is None:
        return 1
    return price


def unpacked_compared(sku: Sku) -> Any:
    one, other = call(Pricing.price, sku), 3
    return one if one is not None else other


def annotated_compared(sku: Sku) -> Any:
    price: Price | None = optional(call(Pricing.price, sku))
    return 1 if price is None else 2


def chained_compared(sku: Sku, other: Sku) -> Any:
    return 1 if sku is other is None else 2


def held_compared(sku: Sku) -> Any:
    held = (call(Pricing.price, sku), 1)
    return 1 if held[0] is None else 2


def held_in_a_dict_compared(sku: Sku) -> Any:
    held = {"price": call(Pricing.price, sku)}
    return 1 if held["price"] is None else 2


def looped_compared(sku: Sku) -> Any:
    prices = (call(Pricing.price, sku), optional(call(Catalog.product, sku)))
    return tuple(one for one in prices if one is not None)


def compared_in_a_loop(sku: Sku) -> Any:
    for one in (call(Pricing.price, sku), None):
        if one is None:
            return 1
    return 2


def compared_by_while(sku: Sku) -> Any:
    price = call(Pricing.price, sku)
    while price is None:
        price = call(Pricing.price, sku)
    return price


def compared_by_assert(sku: Sku) -> Any:
    product = call(Catalog.product, sku)
    assert product.brand_id is not None
    return call(Catalog.brand, product.brand_id)


def compared_with_and(sku: Sku) -> Any:
    product = call(Catalog.product, sku)
    return when(product.brand_id is not None and True, lambda: product)


def compared_in_a_lambda(skus: tuple[Sku, ...]) -> Any:
    return each(skus, lambda sku: None if sku is None else call(Pricing.price, sku))


def compared_in_a_body(skus: tuple[Sku, ...]) -> Any:
    def one(sku: Sku) -> Price | None:
        price = call(Pricing.price, sku)
        return price if price is not None else None

    return each(skus, one)


def compared_in_a_body_of_the_module(skus: tuple[Sku, ...]) -> Any:
    return each(skus, none_if_none)


def compared_in_a_nested_body(skus: tuple[Sku, ...]) -> Any:
    return each(skus, lambda sku: then(call(Catalog.brand, sku), lambda brand: brand is None))


def compared_in_a_case(sku: Sku, kind: str) -> Any:
    price = call(Pricing.price, sku)
    return route(kind, {"a": lambda: 1 if price is None else 2, "b": lambda: 3})


def compared_in_a_function(sku: Sku) -> Any:
    return brand_of(call(Catalog.product, sku))


def compared_in_a_function_of_a_function(sku: Sku) -> Any:
    return brand_of_another(product=call(Catalog.product, sku))


def compared_in_a_function_of_many(sku: Sku) -> Any:
    return first_of(call(Catalog.product, sku), call(Pricing.price, sku))


def compared_in_a_table(sku: Sku) -> Any:
    return then(call(Catalog.product, sku), TABLE["brand"])


def compared_in_a_key(products: tuple[Product, ...]) -> Any:
    return each(products, lambda one: one.title, key=key_of)


def asked_by_isinstance(sku: Sku) -> Any:
    product = call(Catalog.product, sku)
    return product if isinstance(product, Product) else None


def asked_by_issubclass(sku: Sku) -> Any:
    return issubclass(call(Catalog.product, sku), Product)  # type: ignore[arg-type]  # the mistake


def asked_by_type(sku: Sku) -> Any:
    return 1 if type(call(Catalog.product, sku)) == Product else 2


def asked_by_class(sku: Sku) -> Any:
    return 1 if call(Catalog.product, sku).__class__ == Product else 2


def asked_by_hasattr(sku: Sku) -> Any:
    return 1 if hasattr(call(Catalog.product, sku), "title") else 2


def asked_by_callable(sku: Sku) -> Any:
    return 1 if callable(call(Catalog.product, sku)) else 2


def shown_by_repr(sku: Sku) -> Any:
    return call(Catalog.brand, repr(call(Catalog.product, sku)))


def shown_in_a_text(sku: Sku) -> Any:
    return call(Catalog.brand, f"{call(Catalog.product, sku).title!r}")


def matched_by_class(sku: Sku) -> Any:
    match call(Catalog.product, sku):
        case Product(title=title):
            return title
        case _:
            return None


def matched_by_value(kind: str) -> Any:
    match kind:
        case "book":
            return 1
        case _:
            return 2


def matched_in_a_tuple(kind: str, sku: Sku) -> Any:
    match (kind, sku):
        case (None, _):
            return 1
        case _:
            return 2


def matched_as_a_sequence(skus: tuple[Sku, ...]) -> Any:
    match skus:
        case [one]:
            return one
        case _:
            return None


def looked_for(sku: Sku) -> Any:
    product = call(Catalog.product, sku)
    return when(product.title in ("a", "b"), lambda: product)


def not_looked_for(kind: str) -> Any:
    return 1 if kind not in KINDS else 2


def looked_for_in_itself(sku: Sku) -> Any:
    product = call(Catalog.product, sku)
    return 1 if product in [product] else 2


def looked_for_in_a_comprehension(one: str, other: str) -> Any:
    return [kind for kind in (one, other) if kind in KINDS]


def latest() -> Any:
    return call(Pages.latest)


def none_if_none(sku: Sku) -> Any:
    return None if sku is None else call(Pricing.price, sku)


def brand_of(product: Product) -> Brand | None:
    return None if product.brand_id is None else call(Catalog.brand, product.brand_id)


def brand_of_another(*, product: Product) -> Brand | None:
    found = product
    return brand_of(found)


def first_of(*found: Any) -> Any:
    return found[0] if found[0] is not None else found[1]


def key_of(product: Product) -> str:
    return product.title if product.brand_id is None else product.sku


TABLE: dict[str, Callable[[Product], Any]] = {
    "brand": lambda product: None if product.brand_id is None else product.brand_id,
}

IS = "is compared with `is`"
CLASS = "is asked for its class"
MATCH = "is matched"
IN = "is looked for with `in`"
REFUSED: dict[Callable[..., Any], str] = {
    compared_by_is: f"`product.brand_id` {IS}",
    compared_by_is_not: f"`product.brand_id` {IS}",
    none_on_the_left: f"`product.brand_id` {IS}",
    input_compared: f"`brand_id` {IS}",
    two_symbols_compared: f"`one` {IS}",
    boolean_compared: f"`heavy` {IS}",
    word_compared: IS,
    word_of_the_module_compared: IS,
    word_of_constants_compared: IS,
    function_of_constants_compared: IS,
    assigned_compared: IS,
    unpacked_compared: f"`one` {IS}",
    annotated_compared: f"`price` {IS}",
    chained_compared: f"`sku` {IS}",
    held_compared: f"`held[0]` {IS}",
    held_in_a_dict_compared: f"`held['price']` {IS}",
    looped_compared: f"`one` {IS}",
    compared_in_a_loop: f"`one` {IS}",
    compared_by_while: f"`price` {IS}",
    compared_by_assert: f"`product.brand_id` {IS}",
    compared_with_and: f"`product.brand_id` {IS}",
    compared_in_a_lambda: f"`sku` {IS}",
    compared_in_a_body: f"`price` {IS}",
    compared_in_a_nested_body: f"`brand` {IS}",
    compared_in_a_case: f"`price` {IS}",
    asked_by_isinstance: f"`product` {CLASS}",
    asked_by_issubclass: CLASS,
    asked_by_type: CLASS,
    asked_by_class: CLASS,
    asked_by_hasattr: CLASS,
    asked_by_callable: CLASS,
    shown_by_repr: "is turned into text",
    shown_in_a_text: "is turned into text",
    matched_by_class: MATCH,
    matched_by_value: f"`kind` {MATCH}",
    matched_in_a_tuple: MATCH,
    matched_as_a_sequence: f"`skus` {MATCH}",
    looked_for: f"`product.title` {IN}",
    not_looked_for: f"`kind` {IN}",
    looked_for_in_itself: f"`product` {IN}",
    looked_for_in_a_comprehension: f"`kind` {IN}",
}


@pytest.mark.parametrize("function", REFUSED, ids=lambda function: function.__name__)
def test_what_no_symbol_can_tell_is_refused_by_the_source(function: Callable[..., Any]) -> None:
    """The message has the line, what is written there, and what to write instead."""
    problem, _, remedy = refused_in_its_lines(function).partition("; ")

    assert REFUSED[function] in problem
    assert remedy.startswith("use ")


IN_OTHERS: dict[Callable[..., Any], Callable[..., Any]] = {
    compared_in_a_body_of_the_module: none_if_none,
    compared_in_a_function: brand_of,
    compared_in_a_function_of_a_function: brand_of,
    compared_in_a_function_of_many: first_of,
    compared_in_a_table: TABLE["brand"],
    compared_in_a_key: key_of,
}


@pytest.mark.parametrize("function", IN_OTHERS, ids=lambda function: function.__name__)
def test_functions_that_are_given_symbols_are_read_too(function: Callable[..., Any]) -> None:
    """The line is that of the function that asks, where something else has to be written."""
    with pytest.raises(PlanError) as raised:
        composition(function)

    lines, first = inspect.getsourcelines(IN_OTHERS[function])
    line = int(str(raised.value).removeprefix(f"{__file__}:").partition(":")[0])
    assert IS in str(raised.value)
    assert first <= line < first + len(lines)
