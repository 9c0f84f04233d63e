"""Plans with commands and checks in every place where they can be written, each with inputs."""

# ruff: noqa: D101, D103 - explained by their names, and by the rules that are tried with them

from collections.abc import Mapping
from typing import Any

from maestri.contracts import LeftOut, Message, Outcome
from maestri.errors import Faulted
from maestri.plans import (
    Plan,
    call,
    check,
    composition,
    compute,
    each,
    left_out,
    named,
    optional,
    otherwise,
    outcomes,
    quorum,
    rescue,
    route,
    select,
    then,
    translate,
    when,
)
from tests.kernel.plans.contract import (
    CartFull,
    Carts,
    Catalog,
    NotForSale,
    Pricing,
    Sku,
    UnknownProduct,
)

A, B = Sku("a"), Sku("b")


class Lines(Message):
    skus: tuple[Sku, ...]


class Code(Message):
    code: str
    lines: Lines | None


class View(Message):
    title: str | None = None
    lines: Lines | None = None
    code: Code | None = None
    left_out: LeftOut = ()


class Rows(Message):
    title: str | None
    rows: tuple[Code, ...]


class Found(Message):
    title: str | None
    found: Mapping[Sku, Outcome[Code]]


def not_sold(title: str) -> str:
    if title == "Title b":
        raise NotForSale(sku="b")
    return title


def skus_of(skus: tuple[Sku, ...]) -> Sku:
    return Sku("+".join(skus))


def text_of(sku: Sku) -> str:
    return compute(str, call(Carts.put_line, "missing", sku).skus)


def str_of(minor: int) -> str:
    return compute(str, minor)


def full(error: CartFull) -> NotForSale:
    return NotForSale(sku=error.code)


@composition
def outside_of_a_condition(cart_id: str, gift: bool) -> View:
    ordered = call(Carts.order, cart_id)
    return View("t", when(gift, lambda: Lines(ordered.skus)), Code(cart_id, Lines(ordered.skus)))


@composition
def outside_of_two_bodies(cart_id: str, gift: bool, coupon: str | None) -> View:
    ordered = call(Carts.order, cart_id)
    return View(
        "t",
        when(gift, lambda: Lines(ordered.skus)),
        then(coupon, lambda code: Code(code, Lines(ordered.skus))),
    )


@composition
def in_a_condition(sku: Sku, wanted: str) -> View:
    product = call(Catalog.product, sku)
    lines = when(product.title == wanted, lambda: Lines(call(Carts.order, "c").skus))
    return View(product.brand_id, lines, Code(product.title, None))


@composition
def check_in_a_condition(sku: Sku, shown: bool) -> View:
    def code(brand_id: str) -> Code:
        check(call(Catalog.may_be_sold, sku))
        return Code(call(Catalog.brand, brand_id).name, None)

    product = call(Catalog.product, sku)
    return View(product.title, None, when(shown, lambda: then(product.brand_id, code)))


@composition
def in_then(sku: Sku) -> View:
    def ordered(brand_id: str) -> Code:
        cart = call(Carts.order, brand_id)
        return Code(call(Catalog.brand, brand_id).name, Lines(cart.skus))

    product = call(Catalog.product, sku)
    return View(product.title, Lines(product.similar), then(product.brand_id, ordered))


@composition
def in_a_rescue(sku: Sku) -> View:
    put = call(Carts.put_line, "c", sku)
    cart = rescue(put, {CartFull: lambda: call(Carts.order, "full")})
    return View(call(Catalog.product, sku).title, Lines(cart.skus), None)


@composition
def in_the_rescue_of_a_read(sku: Sku) -> View:
    product = call(Catalog.product, sku)
    title = rescue(product.title, {UnknownProduct: lambda: text_of(sku)})
    return View(title, None, Code(call(Catalog.brand, "x").name, None))


@composition
def in_a_fallback(sku: Sku, shown: bool) -> View:
    cart = when(shown, lambda: call(Carts.cart, "c"))
    filled = otherwise(cart, lambda: call(Carts.put_line, "c", sku))
    return View(call(Catalog.brand, "x").name, Lines(filled.skus), None)


@composition
def in_the_fallback_of_a_part(sku: Sku) -> View:
    price = optional(call(Pricing.price, sku).minor)
    code = otherwise(then(price, str_of), lambda: text_of(sku))
    return View("t", None, Code(code, None), left_out())


@composition
def in_a_route(sku: Sku) -> View:
    def shown() -> Lines:
        return Lines(call(Carts.cart, "c").skus)

    def ordered() -> Lines:
        check(call(Catalog.may_be_sold, sku))
        return Lines(call(Carts.order, "c").skus)

    product = call(Catalog.product, sku)
    lines = route(product.title, {"Title a": ordered, "Title b": shown})
    return View(product.brand_id, lines, None)


@composition
def in_an_each(sku: Sku) -> Rows:
    def row(similar: Sku) -> Code:
        check(call(Catalog.may_be_sold, similar))
        title = call(Catalog.product, similar).title
        return Code(title, Lines(call(Carts.put_line, "c", similar).skus))

    product = call(Catalog.product, sku)
    return Rows(product.title, each(product.similar, row, key=lambda similar: similar))


@composition
def in_outcomes(skus: tuple[Sku, ...]) -> Found:
    def one(sku: Sku) -> Code:
        name = call(Catalog.brand, sku).name
        check(call(Catalog.may_be_sold, sku))
        cart = call(Carts.put_line, name, sku)
        price = call(Pricing.price, sku)
        return Code(compute(str, price.minor), Lines(cart.skus))

    return Found(call(Catalog.product, A).title, outcomes(skus, one))


@composition
def under_a_part(sku: Sku) -> View:
    cart = optional(call(Carts.put_line, "c", sku))
    order = then(cart, lambda put: call(Carts.order, compute(skus_of, put.skus)))
    ordered = optional(named("ordered", order))
    lines = then(ordered, lambda found: Lines(found.skus))
    return View(call(Catalog.product, sku).title, lines, None, left_out())


@composition
def translated(sku: Sku) -> View:
    put = translate(call(Carts.put_line, "c", sku), {CartFull: full})
    call(Carts.order, "c")
    return View("t", Lines(put.skus), Code(call(Catalog.brand, "x").name, None))


@composition
def in_a_quorum(sku: Sku) -> View:
    carts = [
        named("one", call(Carts.put_line, "one", sku)),
        named("other", call(Carts.put_line, "other", sku)),
    ]
    count = compute(str, compute(len, quorum(carts, 1)))
    return View(call(Catalog.product, sku).title, None, Code(count, None), left_out())


@composition
def after_required_reads(sku: Sku) -> View:
    product = call(Catalog.product, sku)
    brand = call(Catalog.brand, "x")
    cart = call(Carts.order, "c")
    price = call(Pricing.price, sku)
    return View(product.title, Lines(cart.skus), Code(brand.name + compute(str, price.minor), None))


@composition
def after_a_handled_read(sku: Sku) -> View:
    price = optional(call(Pricing.price, sku))
    brand = rescue(call(Catalog.brand, "x"), {Faulted: lambda: None})
    cart = call(Carts.order, "c")
    name = otherwise(then(brand, lambda one: one.name), "none")
    code = then(price, lambda one: Code(compute(str, one.minor), None))
    return View(name, Lines(cart.skus), code, left_out())


@composition
def after_a_computation(sku: Sku) -> View:
    title = compute(not_sold, call(Catalog.product, sku).title)
    cart = call(Carts.order, "c")
    return View(title, Lines(cart.skus), None)


@composition
def after_required_reads_of_a_body(skus: tuple[Sku, ...], shown: bool) -> Rows:
    def row(sku: Sku) -> Code:
        title = compute(not_sold, call(Catalog.product, sku).title)
        put = when(shown, lambda: Lines(call(Carts.put_line, "c", sku).skus))
        return Code(title, put)

    return Rows(call(Catalog.brand, "x").name, each(skus, row, key=lambda sku: sku))


@composition
def given_a_part_of_a_read(sku: Sku) -> View:
    product = call(Catalog.product, sku)
    cart = call(Carts.put_line, otherwise(product.brand_id, "none"), product.sku)
    return View(product.title, select(cart, Lines), None)


@composition
def given_an_outer_read_in_bodies(sku: Sku, skus: tuple[Sku, ...]) -> Rows:
    product = call(Catalog.product, sku)
    brand = call(Catalog.brand, "x")

    def row(one: Sku) -> Code:
        cart = when(brand.name != one, lambda: call(Carts.put_line, product.title, one))
        return Code(one, then(cart, lambda put: Lines(put.skus)))

    return Rows(brand.country, each(skus, row, key=lambda one: one))


@composition
def inner(sku: Sku) -> Code:
    check(call(Catalog.may_be_sold, sku))
    return Code(call(Catalog.brand, "x").name, Lines(call(Carts.put_line, "c", sku).skus))


@composition
def inlined(sku: Sku) -> View:
    product = call(Catalog.product, sku)
    return View(product.title, None, optional(inner(sku)), left_out())


@composition
def between_nested_bodies(skus: tuple[Sku, ...], shown: bool) -> Rows:
    def row(sku: Sku) -> Code:
        product = call(Catalog.product, sku)

        def maker(brand_id: str) -> Lines:
            check(call(Catalog.may_be_sold, sku))
            cart = when(shown, lambda: call(Carts.put_line, brand_id, sku))
            return Lines(otherwise(then(cart, lambda put: put.skus), ()))

        return Code(product.title, then(product.brand_id, maker))

    return Rows(None, each(skus, row, key=lambda sku: sku))


@composition
def checks_alone(sku: Sku, shown: bool) -> View:
    check(call(Catalog.may_be_sold, sku))
    product = call(Catalog.product, sku)
    check(compute(not_sold, product.title))
    price = when(shown, lambda: call(Pricing.price, sku))
    return View(product.title, None, then(price, lambda one: Code(compute(str, one.minor), None)))


@composition
def handled_check(sku: Sku) -> View:
    refusal = rescue(call(Catalog.may_be_sold, sku), {NotForSale: lambda: None})
    check(refusal)
    return View(call(Catalog.product, sku).title, None, None)


PLANS: list[tuple[Plan[..., Any], tuple[Any, ...]]] = [
    (outside_of_a_condition, ("c", False)),
    (outside_of_a_condition, ("c", True)),
    (outside_of_two_bodies, ("c", False, "X")),
    (outside_of_two_bodies, ("c", True, None)),
    (in_a_condition, (A, "Title a")),
    (in_a_condition, (A, "other")),
    (check_in_a_condition, (A, False)),
    (check_in_a_condition, (A, True)),
    (in_then, (A,)),
    (in_a_rescue, (A,)),
    (in_the_rescue_of_a_read, (A,)),
    (in_a_fallback, (A, False)),
    (in_a_fallback, (A, True)),
    (in_the_fallback_of_a_part, (A,)),
    (in_a_route, (A,)),
    (in_a_route, (B,)),
    (in_an_each, (A,)),
    (in_outcomes, ((A, B),)),
    (under_a_part, (A,)),
    (translated, (A,)),
    (in_a_quorum, (A,)),
    (after_required_reads, (A,)),
    (after_a_handled_read, (A,)),
    (after_a_computation, (A,)),
    (after_a_computation, (B,)),
    (after_required_reads_of_a_body, ((A, B), True)),
    (after_required_reads_of_a_body, ((A,), True)),
    (given_a_part_of_a_read, (A,)),
    (given_an_outer_read_in_bodies, (A, (A, B))),
    (inlined, (A,)),
    (between_nested_bodies, ((A, B), True)),
    (between_nested_bodies, ((A, B), False)),
    (checks_alone, (A, True)),
    (checks_alone, (B, False)),
    (handled_check, (A,)),
]
