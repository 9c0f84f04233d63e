"""What may be missing has a public name, and the answer that says so has a place for it."""

# ruff: noqa: D103 - the tables below the plans tell what is wrong with each

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from maestri.composition import Composer
from maestri.contracts import LeftOut, Message
from maestri.errors import ConnectFailed, PlanError
from maestri.plans import (
    Plan,
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
    reduce,
    route,
    then,
    when,
)
from tests.kernel.plans.contract import (
    Brand,
    Catalog,
    Page,
    Pages,
    Price,
    Pricing,
    Product,
    Sku,
)
from tests.kernel.plans.market import Told, market
from tests.kernel.plans.refusals import refused_at_import, refused_at_start


class Card(Message):
    title: str
    price: Price | None
    left_out: LeftOut = ()


class Silent(Message):
    title: str
    price: Price | None


class Shelf(Message):
    cards: tuple[Any, ...]
    left_out: LeftOut = ()


class View(Message):
    part: Any
    left_out: LeftOut = ()


class Misnamed(Message):
    price: Price | None
    missing: tuple[str, ...] = ()


@composition
def silent(sku: Sku) -> Silent:
    """Hold a part that may be missing, and leave it to others to say so."""
    return Silent(call(Catalog.product, sku).title, optional(call(Pricing.price, sku)))


@composition
def plain(sku: Sku) -> Silent:
    """Fail as a whole."""
    return Silent(call(Catalog.product, sku).title, call(Pricing.price, sku))


def heaviest(products: Sequence[Product]) -> int:
    return max(product.weight_g for product in products)


def priced(sku: Sku) -> Any:
    return optional(call(Pricing.price, sku))


@composition
def priced_plan(sku: Sku) -> Price:
    """Its result is that of a step."""
    return call(Pricing.price, sku)


@composition
def priced_again(sku: Sku) -> Price:
    """Its result is that of a plan."""
    return priced_plan(sku)


@composition
def price_sku(sku: Sku) -> Sku:
    """Its result is a field of a step."""
    return call(Pricing.price, sku).sku


PARTS: dict[str, tuple[Callable[[Sku, tuple[Sku, ...]], Any], str]] = {
    "an operation": (lambda sku, _: priced(sku), "price"),
    "a named call": (lambda sku, _: optional(named("cost", call(Pricing.price, sku))), "cost"),
    "a dotted name": (lambda sku, _: optional(named("a.b", call(Pricing.price, sku))), "a.b"),
    "a field": (lambda sku, _: optional(call(Pricing.price, sku).minor), "minor"),
    "an inlined plan": (lambda sku, _: optional(plain(sku)), "plain"),
    "a renamed plan": (lambda sku, _: optional(named("short", plain)(sku)), "short"),
    "a named answer": (lambda sku, _: optional(named("short", plain(sku))), "short"),
    "a computation": (
        lambda sku, _: optional(compute(len, call(Catalog.product, sku).title)),
        "len",
    ),
    "a named computation": (
        lambda sku, _: optional(
            named("length", compute(lambda product: len(product.title), call(Catalog.product, sku)))
        ),
        "length",
    ),
    "many": (lambda _, skus: optional(each(skus, plain)), "skus"),
    "many, named": (lambda _, skus: optional(named("cards", each(skus, plain))), "cards"),
    "a reduction": (
        lambda _, skus: optional(reduce(heaviest, each(skus, lambda s: call(Catalog.product, s)))),
        "heaviest",
    ),
    "in an inlined plan": (lambda sku, _: silent(sku), "silent.price"),
    "in a renamed plan": (lambda sku, _: named("short", silent)(sku), "short.price"),
    "in a body": (lambda _, skus: each(skus, priced), "skus.price"),
    "in a named body": (lambda _, skus: named("shelf", each(skus, priced)), "shelf.price"),
    "in bodies of bodies": (
        lambda _, skus: named(
            "shelves",
            each(skus, lambda s: named("cards", each(call(Catalog.product, s).similar, priced))),
        ),
        "shelves.cards.price",
    ),
    "in a body of a plan": (lambda _, skus: each(skus, silent), "skus.silent.price"),
    "in a case": (
        lambda sku, _: named("shown", route(sku, {Sku("a"): lambda: priced(sku)})),
        "shown.price",
    ),
    "in a condition": (
        lambda sku, _: named("shown", when(sku == "a", lambda: priced(sku))),
        "shown.price",
    ),
    "a step of a quorum": (lambda sku, _: quorum([call(Pricing.price, sku)], 0), "price"),
    "a plan of a quorum": (lambda sku, _: quorum([plain(sku)], 0), "plain"),
    "a plan that is a step": (lambda sku, _: optional(priced_plan(sku)), "priced_plan"),
    "a plan that is a plan": (lambda sku, _: optional(priced_again(sku)), "priced_again"),
    "a plan that is a step, named": (lambda sku, _: optional(named("x", priced_plan(sku))), "x"),
    "a plan that is a field, named": (lambda sku, _: optional(named("x", price_sku(sku))), "x"),
    "a plan that is a step, of a quorum": (
        lambda sku, _: quorum([priced_plan(sku)], 0),
        "priced_plan",
    ),
    "a plan that is a field, of a quorum": (
        lambda sku, _: quorum([price_sku(sku)], 0),
        "price_sku",
    ),
    "of a callee": (lambda sku, _: call(Pages.page, sku), "page.price_of_a"),
    "of a named callee": (
        lambda sku, _: named("product", call(Pages.page, sku)),
        "product.price_of_a",
    ),
    "of a callee in a body": (
        lambda _, skus: named("all", each(skus, lambda one: call(Pages.page, one))),
        "all.page.price_of_a",
    ),
}


def view_of(body: Callable[[Sku, tuple[Sku, ...]], Any]) -> Plan[..., View]:
    """Return a plan that says what its one part lacks."""

    @composition
    def view(sku: Sku, skus: tuple[Sku, ...]) -> View:
        return View(body(sku, skus), left_out())

    return view


@pytest.mark.parametrize("name", PARTS)
async def test_a_missing_part_has_its_public_name(name: str) -> None:
    """The names of what is around it, dotted; each once, however many items lack it."""
    body, expected = PARTS[name]
    told = Told()
    told.failures = dict.fromkeys(("price", "prices", "product:a", "products"), ConnectFailed())
    if "price" in expected:
        told.failures = dict.fromkeys(("price", "prices"), ConnectFailed())

    answer = await Composer(market(told)).run(view_of(body), Sku("a"), (Sku("a"),))

    assert (expected,) == answer.left_out


NAMELESS: dict[str, Callable[[Sku, tuple[Sku, ...]], Any]] = {
    "a lambda": lambda sku, _: optional(compute(lambda one: one, call(Catalog.brand, sku))),
    "a message": lambda sku, _: optional(Price(call(Catalog.product, sku).sku, 1)),
    "a tuple": lambda sku, _: optional((call(Catalog.product, sku), call(Catalog.brand, sku))),
    "a lambda of a quorum": lambda sku, _: quorum(
        [compute(lambda one: one, call(Catalog.brand, sku))], 1
    ),
    "a message of a quorum": lambda sku, _: quorum([Price(call(Catalog.product, sku).sku, 1)], 0),
}


@pytest.mark.parametrize("name", NAMELESS)
def test_a_part_without_a_name_is_refused(name: str) -> None:
    """Nobody could say what is missing."""

    def plan(sku: Sku, skus: tuple[Sku, ...]) -> Any:
        return View(NAMELESS[name](sku, skus), left_out())

    message = refused_at_import(plan)

    assert "a part that may be missing has no name but" in message
    assert 'name it: optional(named("price", step))' in message


TWICE: dict[str, tuple[Callable[[Sku, tuple[Sku, ...]], Any], str]] = {
    "two fields": (
        lambda sku, _: (
            optional(call(Pricing.price, sku).sku),
            optional(named("other", call(Pricing.price, sku)).sku),
        ),
        "sku",
    ),
    "two bodies": (lambda _, skus: (each(skus, priced), outcomes(skus, priced)), "skus.price"),
    "a call and a computation": (
        lambda sku, _: (
            priced(sku),
            optional(named("price", compute(len, call(Catalog.product, sku).title))),
        ),
        "price",
    ),
    "two cases": (
        lambda sku, _: route(sku, {Sku("a"): lambda: priced(sku), Sku("b"): lambda: priced(sku)}),
        "sku.price",
    ),
}


@pytest.mark.parametrize("name", TWICE)
def test_two_parts_of_one_name_are_refused(name: str) -> None:
    """A client would not know which of them is missing."""
    body, part = TWICE[name]

    def plan(sku: Sku, skus: tuple[Sku, ...]) -> View:
        return View(body(sku, skus), left_out())

    plan_error = _refused(plan)

    assert f"two parts of the result are named {part!r}; tell them apart: named(" in plan_error


def _refused(function: Callable[..., Any]) -> str:
    with pytest.raises(PlanError) as raised:
        program_of(composition(function))
    return str(raised.value)


def test_a_callee_and_the_optional_around_it_are_one_part() -> None:
    """What the callee lacks is named behind it, and the whole of it before."""

    @composition
    def plan(sku: Sku) -> View:
        return View(optional(call(Pages.page, sku)), left_out())

    assert program_of(plan).plan is plan


async def test_parts_are_named_by_the_plan_that_says_what_it_lacks() -> None:
    """An inlined plan with a left_out of its own names its parts as it would alone."""

    @composition
    def card(sku: Sku) -> Card:
        return Card(call(Catalog.product, sku).title, priced(sku), left_out())

    @composition
    def shelf(skus: tuple[Sku, ...]) -> Shelf:
        return Shelf(named("cards", each(skus, card)), left_out())

    told = Told()
    told.failures = {"prices": ConnectFailed()}
    answer = await Composer(market(told)).run(shelf, (Sku("a"), Sku("b")))

    assert [("price",), ("price",)] == [one.left_out for one in answer.cards]
    assert ("cards.card.price",) == answer.left_out


def gap(sku: Sku) -> Price | None:
    return optional(call(Pricing.price, sku))


def gap_in_a_quorum(one: str, other: str) -> tuple[Brand, ...]:
    return quorum([call(Catalog.brand, one), named("other", call(Catalog.brand, other))], 1)


def gap_in_a_body(skus: tuple[Sku, ...]) -> tuple[Price | None, ...]:
    return each(skus, lambda sku: optional(call(Pricing.price, sku)))


def gap_in_an_inlined_plan(sku: Sku) -> Silent:
    return silent(sku)


def gap_of_a_callee(sku: Sku) -> str:
    return call(Pages.page, sku).title


def gap_of_a_callee_in_a_body(skus: tuple[Sku, ...]) -> tuple[str, ...]:
    return each(skus, lambda sku: call(Pages.page, sku).title)


def gap_of_many_of_a_callee() -> int:
    return compute(len, call(Pages.latest))


def gap_then(sku: Sku) -> str | None:
    return then(optional(call(Pricing.price, sku)), lambda price: price.sku)


def gap_otherwise(sku: Sku) -> Price:
    return otherwise(optional(call(Pricing.price, sku)), Price(Sku("x"), 0))


@pytest.mark.parametrize(
    "function",
    [
        gap,
        gap_in_a_quorum,
        gap_in_a_body,
        gap_in_an_inlined_plan,
        gap_of_a_callee,
        gap_of_a_callee_in_a_body,
        gap_of_many_of_a_callee,
        gap_then,
        gap_otherwise,
    ],
    ids=lambda function: function.__name__,
)
def test_an_answer_says_what_it_lacks(function: Callable[..., Any]) -> None:
    """No part is left out in silence, at no depth."""
    message = _refused(function)

    assert "and the result does not say so; give the result a field `left_out: LeftOut`" in message


def answer_of_a_callee(sku: Sku) -> Page:
    return call(Pages.page, sku)


def answers_of_a_callee(skus: tuple[Sku, ...]) -> tuple[Page, ...]:
    return each(skus, lambda sku: call(Pages.page, sku))


@pytest.mark.parametrize("function", [answer_of_a_callee, answers_of_a_callee])
def test_the_answer_of_a_callee_says_itself_what_it_lacks(function: Callable[..., Any]) -> None:
    """What is handed on as it is needs no other place for it."""
    plan = composition(function)

    assert program_of(plan).plan is plan


def argument_of_a_computation(sku: Sku) -> Card:
    return Card(compute("".join, left_out()), priced(sku), left_out())


def argument_of_a_call(sku: Sku) -> Card:
    brand = call(Catalog.brand, compute(len, left_out()))  # type: ignore[arg-type]  # the mistake
    return Card(brand.name, priced(sku), left_out())


def argument_of_a_condition(sku: Sku) -> Card:
    title = when(left_out() == (), lambda: "a")
    return Card(otherwise(title, "b"), priced(sku), left_out())


def items_of_an_each(sku: Sku) -> Shelf:
    return Shelf(each(left_out(), lambda part: (part, priced(sku))), left_out())


def plain_field(sku: Sku) -> Misnamed:
    return Misnamed(optional(call(Pricing.price, sku)), left_out())


def wrong_field(sku: Sku) -> View:
    return View(left_out(), (priced(sku),))


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        (argument_of_a_computation, "left_out() is an argument of 'join'"),
        (argument_of_a_call, "left_out() is an argument of 'len'"),
        (argument_of_a_condition, "left_out() is an argument of 'eq'"),
        (items_of_an_each, "left_out() is an argument of 'left_out'"),
        (plain_field, "the field Misnamed.missing is not declared as LeftOut"),
        (wrong_field, "the field View.part is not declared as LeftOut"),
    ],
)
def test_left_out_has_one_place(function: Callable[..., Any], problem: str) -> None:
    """It is complete only when all else is there: in the field of the result that is for it."""
    assert problem in _refused(function)


def unused_read(sku: Sku) -> Product:
    call(Pricing.price, sku)
    return call(Catalog.product, sku)


def unused_in_a_body(skus: tuple[Sku, ...]) -> tuple[Product, ...]:
    def one(sku: Sku) -> Product:
        call(Pricing.price, sku)
        return call(Catalog.product, sku)

    return each(skus, one)


def unused_in_a_case(sku: Sku, kind: str) -> Any:
    def shown() -> Product:
        call(Pricing.price, sku)
        return call(Catalog.product, sku)

    return route(kind, {"a": shown})


def unused_each(skus: tuple[Sku, ...], sku: Sku) -> Product:
    each(skus, lambda one: call(Pricing.price, one))
    return call(Catalog.product, sku)


def unused_when(sku: Sku) -> Product:
    when(sku == "a", lambda: call(Pricing.price, sku))
    return call(Catalog.product, sku)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (unused_read, "price"),
        (unused_in_a_body, "price"),
        (unused_in_a_case, "price"),
        (unused_each, "price"),
        (unused_when, "price"),
    ],
)
def test_a_read_that_nobody_uses_is_refused(function: Callable[..., Any], name: str) -> None:
    """It would never run; its author thinks that it does."""
    assert (
        f"the result of {name!r} is never used; "
        "remove the call, or write check(call(...)) to keep it for its refusal"
    ) in refused_at_start(function)
