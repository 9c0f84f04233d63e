"""What handles a failure can happen, and what it makes of it has one type."""

# ruff: noqa: D103 - the tables below the plans tell what is wrong with each

from collections.abc import Callable
from typing import Any

import pytest

from maestri.contracts import LeftOut, Message
from maestri.errors import CallError, Faulted, NotExecuted, OutcomeUnknown, Rejected
from maestri.plans import (
    call,
    composition,
    compute,
    each,
    left_out,
    named,
    optional,
    otherwise,
    outcomes,
    program_of,
    quorum,
    rejections_of,
    rescue,
    route,
    select,
    then,
    translate,
    when,
)
from tests.kernel.plans.contract import (
    Brand,
    CartFull,
    Carts,
    Catalog,
    NotForSale,
    Price,
    Pricing,
    Sku,
    Title,
    UnknownProduct,
)
from tests.kernel.plans.refusals import refused_at_import, refused_at_start


class Shown(Message):
    title: Title | None
    left_out: LeftOut = ()


class Deleted(Rejected, id="handlers.deleted"):
    """This was deleted. Do without it."""

    sku: str


class NeedsMore(Rejected, id="handlers.needs_more"):
    """This error has a field that no other has."""

    sku: str
    reason: str


@composition
def card(sku: Sku) -> Title:
    """Show a product, if it is sold."""
    return Title(call(Catalog.product, sku).title)


def rescues_another_error(sku: Sku) -> Any:
    return rescue(call(Catalog.product, sku), {CartFull: lambda: None})


def rescues_another_error_of_a_plan(sku: Sku) -> Any:
    return rescue(card(sku), {CartFull: lambda: None})


def rescues_another_error_of_an_each(skus: tuple[Sku, ...]) -> Any:
    return rescue(each(skus, card), {CartFull: lambda: None})


def rescues_after_outcomes(skus: tuple[Sku, ...]) -> Any:
    return rescue(outcomes(skus, card), {UnknownProduct: lambda: None})


def rescues_twice(sku: Sku) -> Any:
    once = rescue(call(Catalog.product, sku), {UnknownProduct: lambda: None})
    return rescue(once, {UnknownProduct: lambda: None})


def rescues_what_was_translated(sku: Sku) -> Any:
    said = translate(call(Catalog.product, sku), {UnknownProduct: NotForSale})
    return rescue(said, {UnknownProduct: lambda: None})


def rescues_one_of_two(sku: Sku) -> Any:
    return rescue(
        call(Catalog.product, sku), {UnknownProduct: lambda: None, CartFull: lambda: None}
    )


def rescues_an_error_of_another_step(sku: Sku) -> Any:
    sold = call(Catalog.may_be_sold, sku)
    return sold, rescue(call(Catalog.product, sku), {NotForSale: lambda: None})


def rescues_a_case_that_has_none(sku: Sku, kind: str) -> Any:
    chosen = route(kind, {"a": lambda: card(sku), "b": lambda: named("other", card)(sku)})
    return rescue(chosen, {NotForSale: lambda: None})


def translates_another_error(sku: Sku) -> Any:
    return translate(call(Catalog.product, sku), {NotForSale: UnknownProduct})


def translates_without_a_field(sku: Sku) -> Any:
    return translate(call(Catalog.product, sku), {UnknownProduct: NeedsMore})


def translates_a_failure_to_a_class(sku: Sku) -> Any:
    return translate(call(Catalog.product, sku), {NotExecuted: NotForSale})


def translates_to_an_unknown_error(sku: Sku) -> Any:
    return translate(call(Catalog.product, sku), {UnknownProduct: lambda error: error})


def translates_to_no_rejection(sku: Sku) -> Any:
    return translate(call(Catalog.product, sku), {UnknownProduct: to_faulted})  # type: ignore[dict-item]  # the mistake


def to_faulted(error: UnknownProduct) -> Faulted:
    return Faulted(error.sku)


NEVER = "never raises"
AT_START: dict[Callable[..., Any], str] = {
    rescues_another_error: f"catalog.product {NEVER} CartFull; it declares UnknownProduct",
    rescues_another_error_of_a_plan: f"card {NEVER} CartFull; it declares UnknownProduct",
    rescues_another_error_of_an_each: f"skus {NEVER} CartFull; it declares UnknownProduct",
    rescues_after_outcomes: f"skus {NEVER} UnknownProduct; it declares no errors",
    rescues_twice: f"product {NEVER} UnknownProduct; it declares no errors",
    rescues_what_was_translated: f"product {NEVER} UnknownProduct; it declares NotForSale",
    rescues_one_of_two: f"catalog.product {NEVER} CartFull; it declares UnknownProduct",
    rescues_an_error_of_another_step: f"catalog.product {NEVER} NotForSale",
    rescues_a_case_that_has_none: f"kind {NEVER} NotForSale; it declares UnknownProduct",
    translates_another_error: f"catalog.product {NEVER} NotForSale",
    translates_without_a_field: "UnknownProduct has no reason to make a NeedsMore of",
    translates_a_failure_to_a_class: "NotExecuted has no sku to make a NotForSale of",
    translates_to_an_unknown_error: "translate does not say what error",
    translates_to_no_rejection: "translate does not say what error",
}


@pytest.mark.parametrize("function", AT_START, ids=lambda function: function.__name__)
def test_an_error_that_cannot_happen_is_not_handled(function: Callable[..., Any]) -> None:
    """Whoever handles it believes something of a contract that is not so."""
    assert AT_START[function] in refused_at_start(function)


def rescues_an_error_of_python(text: str) -> Any:
    return rescue(compute(int, text), {ValueError: lambda: None})  # type: ignore[dict-item]  # the mistake


def rescues_any_exception(sku: Sku) -> Any:
    return rescue(call(Catalog.product, sku), {Exception: lambda: None})  # type: ignore[dict-item]  # the mistake


def rescues_an_instance(sku: Sku) -> Any:
    return rescue(call(Catalog.product, sku), {UnknownProduct(sku="a"): lambda: None})  # type: ignore[dict-item]  # the mistake


def rescues_a_name(sku: Sku) -> Any:
    return rescue(call(Catalog.product, sku), {"UnknownProduct": lambda: None})  # type: ignore[dict-item]  # the mistake


def rescues_nothing(sku: Sku) -> Any:
    return rescue(call(Catalog.product, sku), {})


def rescues_several(sku: Sku) -> Any:
    return rescue(call(Catalog.product, sku), {(UnknownProduct, Faulted): lambda: None})  # type: ignore[dict-item]  # the mistake


def translates_an_error_of_python(text: str) -> Any:
    return translate(compute(int, text), {ValueError: UnknownProduct})  # type: ignore[dict-item]  # the mistake


def translates_nothing(sku: Sku) -> Any:
    return translate(call(Catalog.product, sku), {})


AT_IMPORT: dict[Callable[..., Any], str] = {
    rescues_an_error_of_python: "rescue() of 'ValueError', with which no step fails: what breaks",
    rescues_any_exception: "rescue() of 'Exception', with which no step fails",
    rescues_an_instance: "with which no step fails",
    rescues_a_name: "rescue() of 'UnknownProduct', with which no step fails",
    rescues_nothing: "rescue() without errors",
    rescues_several: "with which no step fails",
    translates_an_error_of_python: "translate() of 'ValueError', with which no step fails",
    translates_nothing: "translate() without errors",
}


@pytest.mark.parametrize("function", AT_IMPORT, ids=lambda function: function.__name__)
def test_steps_fail_with_declared_errors_only(function: Callable[..., Any]) -> None:
    """A computation raises Rejected or is Faulted; Python's errors reach no handler."""
    assert AT_IMPORT[function] in refused_at_import(function)


def rejecting(text: str) -> int:
    raise Deleted(sku=text)


def rescues_a_rejecting_computation(text: str) -> Any:
    return rescue(compute(rejecting, text), {Deleted: lambda: None})


def rescues_a_broken_computation(text: str) -> Any:
    return rescue(compute(int, text), {Faulted: lambda: 0})


def rescues_any_call_error(sku: Sku) -> Any:
    return rescue(call(Catalog.product, sku), {CallError: lambda: None})


def rescues_any_rejection(sku: Sku) -> Any:
    return rescue(call(Catalog.product, sku), {Rejected: lambda: None})


def rescues_whatever_is_uncertain(sku: Sku) -> Any:
    return rescue(
        call(Catalog.product, sku), {NotExecuted: lambda: None, OutcomeUnknown: lambda: None}
    )


def rescues_an_error_of_a_body(sku: Sku) -> Any:
    product = rescue(
        call(Pricing.price, sku), {Faulted: lambda: named("second", call(Catalog.product, sku))}
    )
    return rescue(product, {UnknownProduct: lambda: None})


def rescues_through_other_words(sku: Sku) -> Any:
    product = call(Catalog.product, sku)
    brand = then(product.brand_id, lambda brand_id: call(Catalog.brand, brand_id))
    return rescue(otherwise(brand, Brand("", "")), {UnknownProduct: lambda: None})


def translates_with_the_fields(sku: Sku) -> Any:
    return translate(call(Catalog.product, sku), {UnknownProduct: NotForSale})


@pytest.mark.parametrize(
    "function",
    [
        rescues_a_rejecting_computation,
        rescues_a_broken_computation,
        rescues_any_call_error,
        rescues_any_rejection,
        rescues_whatever_is_uncertain,
        rescues_an_error_of_a_body,
        rescues_through_other_words,
        translates_with_the_fields,
    ],
    ids=lambda function: function.__name__,
)
def test_an_error_that_may_happen_is_handled(function: Callable[..., Any]) -> None:
    """By its class, or one above it, wherever it may come from."""
    plan = composition(function)

    assert program_of(plan).plan is plan


@pytest.mark.parametrize(
    ("function", "leaving"),
    [
        (rescues_any_call_error, set()),
        (rescues_any_rejection, set()),
        (rescues_whatever_is_uncertain, {UnknownProduct}),
        (rescues_an_error_of_a_body, set()),
        (translates_with_the_fields, {NotForSale}),
    ],
)
def test_what_is_handled_leaves_no_plan(
    function: Callable[..., Any], leaving: set[type[Rejected]]
) -> None:
    """Everything else does, and has to be declared by whom the plan serves."""
    assert leaving == rejections_of(composition(function)).keys()


def routes_to_two_types(sku: Sku, kind: str) -> Any:
    return route(
        kind, {"a": lambda: call(Catalog.product, sku), "b": lambda: call(Pricing.price, sku)}
    )


def routes_to_one_or_many(sku: Sku, kind: str) -> Any:
    return route(kind, {"a": lambda: sku, "b": lambda: call(Catalog.product, sku).similar})


def routes_to_messages(sku: Sku, kind: str) -> Any:
    return route(kind, {"a": lambda: Title("a"), "b": lambda: Price(sku, 1)})


def routes_to_two_constants(kind: str) -> Any:
    return route(kind, {"a": lambda: 1, "b": lambda: "b"})


def asks_two_types(sku: Sku, cart_id: str) -> Any:
    found = quorum([call(Catalog.product, sku), call(Carts.cart, cart_id)], 1)
    return found, left_out()


@pytest.mark.parametrize(
    ("function", "types"),
    [
        (routes_to_two_types, "route has results of different types: Product and Price"),
        (routes_to_one_or_many, "route has results of different types: str and tuple["),
        (routes_to_messages, "route has results of different types: Title and Price"),
        (routes_to_two_constants, "route has results of different types: int and str"),
        (asks_two_types, "quorum has results of different types: Product and Cart"),
    ],
)
def test_one_of_many_results_has_one_type(function: Callable[..., Any], types: str) -> None:
    """Nobody could say which fields of it there are."""
    message = refused_at_import(function)

    assert types in message
    assert "; give all of them one type" in message


def routes_to_nothing(sku: Sku, kind: str) -> Any:
    return route(kind, {"a": lambda: call(Catalog.product, sku), "b": lambda: None})


def routes_to_something(sku: Sku, kind: str) -> Any:
    brand = call(Catalog.product, sku).brand_id
    return route(kind, {"a": lambda: brand, "b": lambda: "b"})


def routes_to_tuples(sku: Sku, kind: str) -> Any:
    similar = call(Catalog.product, sku).similar
    return route(kind, {"a": lambda: similar, "b": lambda: ()})


@pytest.mark.parametrize("function", [routes_to_nothing, routes_to_something, routes_to_tuples])
def test_a_result_may_be_missing(function: Callable[..., Any]) -> None:
    """None, or an empty tuple, is of every type."""
    plan = composition(function)

    assert program_of(plan).plan is plan


MISSING: dict[str, Callable[[Sku], Any]] = {
    "an optional": lambda sku: optional(call(Catalog.product, sku)),
    "a when": lambda sku: when(sku == "a", lambda: call(Catalog.product, sku)),
    "a then": lambda sku: then(
        call(Catalog.product, sku).brand_id,
        lambda _: named("known", call(Catalog.product, sku)),
    ),
    "a rescue": lambda sku: rescue(call(Catalog.product, sku), {UnknownProduct: lambda: None}),
}


@pytest.mark.parametrize("name", MISSING)
def test_a_selection_of_what_may_be_missing_may_be_missing(name: str) -> None:
    """Its fields are reached with then, as those of the value that it selects from."""

    def plan(sku: Sku) -> Any:
        return select(MISSING[name](sku), Title).title, left_out()

    message = refused_at_import(plan)

    assert "may be None, so it has no 'title'; use then(value, lambda known: ...)" in message


@pytest.mark.parametrize("name", MISSING)
def test_a_selection_of_what_may_be_missing_is_handed_on(name: str) -> None:
    """As the field of a result that says so."""

    @composition
    def plan(sku: Sku) -> Shown:
        return Shown(select(MISSING[name](sku), Title), left_out())

    assert Title | None == plan.result.title.m_kind


def test_a_selection_of_what_is_there_is_there() -> None:
    """Its fields are reached at once."""

    @composition
    def plan(sku: Sku) -> str:
        return select(call(Catalog.product, sku), Title).title

    assert (Title, str) == (plan.trace.steps[-1].shape, plan.result.m_kind)  # type: ignore[attr-defined]
