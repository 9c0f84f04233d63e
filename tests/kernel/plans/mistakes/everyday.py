"""
Mistakes that people make: each is found by a type checker, at import or at start.

A function is one mistake, as its author would write it in a module. ``test_mistakes`` tells who
finds it; the comments tell what both type checkers say.
"""

# ruff: noqa: B006, D101, D103 - the name of a function tells what is wrong with it

import functools
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from maestri.contracts import Contract, LeftOut, Message, Outcome, get
from maestri.plans import (
    Plan,
    Role,
    at,
    call,
    check,
    composition,
    compute,
    each,
    left_out,
    named,
    optional,
    outcomes,
    quorum,
    rescue,
    route,
    select,
    translate,
    when,
)
from tests.kernel.plans.contract import (
    Brand,
    Cart,
    CartFull,
    Carts,
    Catalog,
    NotForSale,
    Price,
    Pricing,
    Product,
    Search,
    Sku,
    Title,
    UnknownProduct,
)


class View(Message):
    title: str
    price: Price | None = None
    left_out: LeftOut = ()


class Number(Message):
    title: int


class Pair(NamedTuple):
    one: str
    two: str


class Refused(Exception):
    pass


@composition
def card(sku: Sku) -> View:
    """Show a product."""
    return View(call(Catalog.product, sku).title)


def shown(title: str, most: int) -> str:
    return title[:most]


def argument_of_another_type() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> tuple[Price, ...]:
        product = call(Catalog.product, sku)
        return each(
            product.similar,
            lambda one: call(Pricing.price, one, currency=product.weight_g),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # an int
        )

    return plan


def batch_of_other_keys() -> Plan[..., Any]:
    class Shop(Contract, id="everyday_shop"):
        @get("/one/{sku}")
        async def one(self, sku: Sku) -> Price:
            raise NotImplementedError

        @get("/many", batch_of="one")
        async def many(self, sku: tuple[int, ...]) -> Mapping[int, Outcome[Price]]:
            raise NotImplementedError

    @composition
    def plan(skus: tuple[Sku, ...]) -> tuple[Price, ...]:
        return each(skus, lambda sku: call(Shop.one, sku))

    return plan


def outcomes_of_other_keys() -> Plan[..., Any]:
    @composition
    def plan(names: tuple[str, ...]) -> Mapping[Sku, Outcome[Brand]]:
        return outcomes(names, lambda name: call(Catalog.brand, name))  # type: ignore[arg-type]  # pyright: ignore[reportReturnType]  # str

    return plan


def field_of_a_selected_optional() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> View:
        return View(
            select(optional(call(Catalog.product, sku)), Title).title,  # type: ignore[union-attr]  # pyright: ignore[reportOptionalMemberAccess]  # None
            None,
            left_out(),
        )

    return plan


def shape_of_another_type() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> Number:
        return select(call(Catalog.product, sku), Number)

    return plan


def rescue_of_an_error_of_others() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> View | None:
        return rescue(card(sku), {CartFull: lambda: None})

    return plan


def rescue_of_an_error_of_python() -> Plan[..., Any]:
    @composition
    def plan(text: str) -> int | None:
        return rescue(compute(int, text), {ValueError: lambda: None})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]  # no CallError

    return plan


def compared_with_none() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> Brand | None:
        product = call(Catalog.product, sku)
        if product.brand_id is not None:
            return call(Catalog.brand, product.brand_id)
        return None

    return plan


def looked_for_in_a_tuple() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> Product | None:
        product = call(Catalog.product, sku)
        return when(product.title in ("a", "b"), lambda: product)

    return plan


def plan_that_is_not_called() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> tuple[View, View]:
        return card(sku), card  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # a plan

    return plan


def step_that_is_awaited() -> Plan[..., Any]:
    @composition
    def plan(skus: tuple[Sku, ...]) -> Any:
        async def one(sku: Sku) -> Product:
            return call(Catalog.product, sku)

        return each(skus, one)

    return plan


def default_that_changes() -> Plan[..., Any]:
    @composition
    def plan(skus: list[Sku] = []) -> tuple[Product, ...]:
        skus.append(Sku("x"))
        return each(skus, lambda sku: call(Catalog.product, sku))

    return plan


def sorted_in_the_plan() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> tuple[Product, ...]:
        product = call(Catalog.product, sku)
        return tuple(call(Catalog.product, one) for one in sorted(product.similar))

    return plan


def symbol_in_a_closure() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> str:
        product = call(Catalog.product, sku)
        check(product)
        price = call(Pricing.price, sku)
        return compute(lambda one: product.title + str(one.minor), price)

    return plan


def symbol_that_leaves_its_body() -> Plan[..., Any]:
    @composition
    def plan(skus: tuple[Sku, ...]) -> tuple[tuple[str, ...], str]:
        last: list[Product] = []

        def one(sku: Sku) -> str:
            last.append(call(Catalog.product, sku))
            return last[-1].title

        titles = each(skus, one)
        return titles, last[-1].title

    return plan


def condition_with_a_value() -> Plan[..., Any]:
    @composition
    def plan(cart_id: str, gift: bool) -> Cart | None:
        ordered = call(Carts.order, cart_id)
        return when(gift, ordered)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # no function

    return plan


def commands_without_a_key() -> Plan[..., Any]:
    @composition
    def plan(cart_id: str, skus: tuple[Sku, ...]) -> tuple[Cart, ...]:
        return each(skus, lambda sku: call(Carts.put_line, cart_id, sku))

    return plan


def two_calls_of_one_name() -> Plan[..., Any]:
    @composition
    def plan(one: Sku, other: Sku) -> tuple[Product, Product]:
        return call(Catalog.product, one), call(Catalog.product, other)

    return plan


def part_missing_in_silence() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> Price | None:
        return optional(call(Pricing.price, sku))

    return plan


def part_without_a_name() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> View:
        return View("a", optional(compute(lambda one: one, call(Pricing.price, sku))), left_out())

    return plan


def answer_that_nobody_uses() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> Product:
        call(Catalog.may_be_sold, sku)
        return call(Catalog.product, sku)

    return plan


def conditions_joined_by_and() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> Price | None:
        product = call(Catalog.product, sku)
        return when(product.weight_g > 1 and product.title != "", lambda: call(Pricing.price, sku))

    return plan


def text_of_a_symbol() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> Brand:
        return call(Catalog.brand, f"brand-{call(Catalog.product, sku).title}")

    return plan


def text_that_shows_a_symbol() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> tuple[str, Brand]:
        title = call(Catalog.product, sku).title
        return title, call(Catalog.brand, f"brand-{title!r}")

    return plan


def symbol_in_a_partial() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> str:
        product = call(Catalog.product, sku)
        return compute(functools.partial(shown, most=product.weight_g), product.title)

    return plan


def symbols_in_a_named_tuple() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> Pair:
        product = call(Catalog.product, sku)
        return Pair(product.title, product.sku)

    return plan


def narrowed_by_its_class() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> str:
        brand = call(Catalog.product, sku).brand_id
        return brand if isinstance(brand, str) else ""

    return plan


def matched_by_its_value() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku, kind: str) -> Message:
        match kind:
            case "price":
                return call(Pricing.price, sku)
            case _:
                return call(Catalog.product, sku)

    return plan


def plan_that_yields() -> Plan[..., Any]:
    @composition
    def plan(skus: tuple[Sku, ...]) -> Iterator[tuple[Product, ...]]:
        yield each(skus, lambda sku: call(Catalog.product, sku))

    return plan


def operation_as_a_body() -> Plan[..., Any]:
    @composition
    def plan(skus: tuple[Sku, ...]) -> tuple[Product, ...]:
        return each(skus, Catalog.product)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportReturnType]  # not called

    return plan


def computation_without_an_argument() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> str:
        return compute(shown, call(Catalog.product, sku).title)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # most is missing

    return plan


def route_to_two_types() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku, kind: str) -> Message:
        return route(
            kind, {"a": lambda: call(Catalog.product, sku), "b": lambda: call(Pricing.price, sku)}
        )

    return plan


def translation_without_a_field() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> Product:
        return translate(call(Catalog.product, sku), {UnknownProduct: CartFull})

    return plan


def translation_to_no_rejection() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> Product:
        return translate(call(Catalog.product, sku), {UnknownProduct: Refused})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]  # no Rejected

    return plan


def role_of_another_contract() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> Any:
        return at(Role(Search, "books"), Catalog.product, sku)  # type: ignore[misc]  # pyright: ignore[reportArgumentType]  # another contract

    return plan


def more_answers_than_steps() -> Plan[..., Any]:
    @composition
    def plan(name: str) -> tuple[tuple[Brand, ...], LeftOut]:
        return quorum([call(Catalog.brand, name)], 2), left_out()

    return plan


def more_calls_than_the_bound() -> Plan[..., Any]:
    @composition(calls_max=3)
    def plan(names: tuple[str, ...]) -> tuple[Brand, ...]:
        return each(names, lambda name: call(Catalog.brand, name))

    return plan


def time_of_none() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> View:
        return View("a", optional(call(Pricing.price, sku), timeout_s=0), left_out())

    return plan


def failure_needed_elsewhere() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> tuple[str, Product | None]:
        product = call(Catalog.product, sku)
        return product.title, rescue(product, {UnknownProduct: lambda: None})

    return plan


def field_of_what_may_be_none() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> Product:
        product = call(Catalog.product, sku)
        return named("other", call(Catalog.product, product.brand_id))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # may be None

    return plan


def many_where_one_is_wanted() -> Plan[..., Any]:
    @composition
    def plan(skus: tuple[Sku, ...]) -> tuple[Product, ...]:
        return call(Catalog.product, skus)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportReturnType]  # use each

    return plan


def error_of_a_command_as_a_value() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> Cart:
        put = call(Carts.put_line, "c", sku)
        return rescue(put, {CartFull: NotForSale(sku="a")})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # no function

    return plan


def name_of_a_field() -> Plan[..., Any]:
    @composition
    def plan(sku: Sku) -> str:
        return named("title", call(Catalog.product, sku).title)

    return plan
