"""A plan that does not fit its contracts, or itself, is refused at start."""

# ruff: noqa: D103 - the table below each group tells what is wrong with its plans

from collections.abc import Callable
from typing import Any

import pytest

from maestri.composition import Composer, Orchestrator, serve
from maestri.contracts import Contract, LeftOut, Message, get
from maestri.errors import PlanError
from maestri.plans import (
    Role,
    at,
    call,
    check_served,
    composition,
    compute,
    each,
    left_out,
    named,
    optional,
    program_of,
    quorum,
    rejections_of,
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
    Page,
    Pages,
    Price,
    Pricing,
    Product,
    Search,
    Sku,
    UnknownProduct,
)
from tests.kernel.plans.market import Told, market


class View(Message):
    price: Price | None
    left_out: LeftOut = ()


class Misnamed(Message):
    price: Price | None
    missing: tuple[str, ...] = ()


class Wider(Message):
    title: str
    colour: str


class Retyped(Message):
    title: int


class Surer(Message):
    brand_id: str


class NoReport(Message):
    title: str


def unused_read(sku: Sku) -> Product:
    call(Pricing.price, sku)
    return call(Catalog.product, sku)


def unused_in_a_body(skus: tuple[Sku, ...]) -> tuple[Product, ...]:
    def one(sku: Sku) -> Product:
        call(Pricing.price, sku)
        return call(Catalog.product, sku)

    return each(skus, one)


def equal_names(one: Sku, other: Sku) -> tuple[Product, Product]:
    return call(Catalog.product, one), call(Catalog.product, other)


def useless_optional(sku: Sku) -> tuple[str, View]:
    price = call(Pricing.price, sku)
    return price.sku, View(optional(price), left_out())


def useless_rescue(sku: Sku) -> tuple[str, Product | None]:
    product = call(Catalog.product, sku)
    return product.title, rescue(product, {UnknownProduct: None})


def silent_gap(sku: Sku) -> Price | None:
    return optional(call(Pricing.price, sku))


def silent_quorum(one: str, other: str) -> tuple[Brand, ...]:
    return quorum([call(Catalog.brand, one), named("other", call(Catalog.brand, other))], 1)


def silent_child(sku: Sku) -> str:
    return call(Pages.page, sku).title


def silent_shape(sku: Sku) -> NoReport:
    return select(call(Pages.page, sku), NoReport)


def silent_tuple_of_a_child() -> int:
    return compute(len, call(Pages.latest))


def left_out_as_an_argument(sku: Sku) -> View:
    return View(optional(call(Pricing.price, sku, compute("".join, left_out()))), left_out())


def left_out_in_a_plain_field(sku: Sku) -> Misnamed:
    return Misnamed(optional(call(Pricing.price, sku)), left_out())


def unknown_error_rescued(sku: Sku) -> Product | None:
    return rescue(call(Catalog.product, sku), {CartFull: None})


def unknown_error_translated(sku: Sku) -> Product:
    return translate(call(Catalog.product, sku), {NotForSale: UnknownProduct})


def translated_without_a_field(sku: Sku) -> Product:
    return translate(call(Catalog.product, sku), {UnknownProduct: CartFull})


def translated_to_what(sku: Sku) -> Product:
    return translate(call(Catalog.product, sku), {UnknownProduct: lambda error: error})


def doubtful_command(cart_id: str, sku: Sku) -> Product | None:
    cart = call(Carts.put_line, cart_id, sku)
    found = call(Catalog.product, compute(_first, cart))
    return when(sku != "", found)


AT_START: dict[Callable[..., Any], str] = {
    unused_read: "the answer of 'price' is never used; remove the call, or write check",
    unused_in_a_body: "the answer of 'price' is never used",
    equal_names: "two steps are named 'product'; tell them apart: named(",
    useless_optional: "'price' is also needed where its failure is not handled",
    useless_rescue: "'product' is also needed where its failure is not handled",
    silent_gap: "the part 'price' may be missing, and the answer does not say so",
    silent_quorum: "may be missing, and the answer does not say so",
    silent_child: "pages.page may leave parts out, and the answer does not say so",
    silent_shape: "pages.page may leave parts out, and the answer does not say so",
    silent_tuple_of_a_child: "pages.latest may leave parts out",
    left_out_as_an_argument: "left_out() is an argument of 'join'",
    left_out_in_a_plain_field: "Misnamed.missing is not declared as LeftOut",
    unknown_error_rescued: "catalog.product never answers CartFull; it declares UnknownProduct",
    unknown_error_translated: "catalog.product never answers NotForSale",
    translated_without_a_field: "UnknownProduct has no field 'lines_max' for CartFull",
    translated_to_what: "translate does not say what error",
    doubtful_command: "it is not clear whether the command 'put_line' always runs",
}


@pytest.mark.parametrize("function", AT_START, ids=lambda function: function.__name__)
def test_a_plan_that_cannot_work_is_refused_at_start(function: Callable[..., Any]) -> None:
    """The message has the line of the step, what is wrong with it, and the remedy."""
    with pytest.raises(PlanError) as raised:
        program_of(composition(function))

    first, last = (
        function.__code__.co_firstlineno,
        max(line for *_, line in function.__code__.co_lines() if line),
    )
    file, line, _ = str(raised.value).split(":", 2)
    assert AT_START[function] in str(raised.value)
    assert (__file__, True) == (file, first <= int(line) <= last)


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
    retyped_shape: "the shape's field title is <class 'int'>",
    surer_shape: "the shape's field brand_id may be None in the answer",
    no_shape: "the shape is a Message with the fields that are needed",
    quorum_too_large: "quorum of 2 among 1 steps; ask for at most as many as there are",
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
    with pytest.raises(PlanError) as raised:
        composition(function)

    assert AT_IMPORT[function] in str(raised.value)
    assert str(raised.value).startswith(f"{__file__}:")


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


def test_more_calls_than_the_bound_are_refused() -> None:
    """calls_max counts items_max calls for each item of an each without a batch, one with."""

    @composition(calls_max=1)
    def batched(skus: tuple[Sku, ...]) -> tuple[Product, ...]:
        return each(skus, lambda sku: call(Catalog.product, sku))

    @composition(calls_max=99, items_max=100)
    def single(names: tuple[str, ...]) -> tuple[Brand, ...]:
        return each(names, lambda name: call(Catalog.brand, name))

    assert program_of(batched).plan is batched
    with pytest.raises(PlanError, match="may make 100 calls, its calls_max is 99"):
        program_of(single)


class Shop(Contract, id="check_shop"):
    @get("/{sku}", raises=[UnknownProduct])
    async def product(self, sku: Sku) -> Product:
        """Show a product."""
        raise NotImplementedError


def test_an_error_that_the_operation_does_not_declare_is_refused() -> None:
    """Every business error that can leave a plan is declared by the operation it serves."""

    @composition
    def product(sku: Sku) -> Product:
        call(Carts.put_line, "c", sku)
        return call(Catalog.product, sku)

    with pytest.raises(PlanError, match="CartFull of 'put_line' can leave plan product"):
        check_served(product, Shop.operations["product"])


def test_a_plan_has_the_inputs_of_its_operation() -> None:
    """Arguments are handed over in order: other names or another order are refused."""

    @composition
    def product(code: Sku) -> Product:
        return call(Catalog.product, code)

    with pytest.raises(PlanError, match=r"takes \(code\), check_shop.product takes \(sku\)"):
        check_served(product, Shop.operations["product"])


def test_handled_errors_do_not_leave_the_plan() -> None:
    """Rescue takes an error away, translate makes another of it, optional changes nothing."""

    @composition
    def handled(sku: Sku, cart_id: str) -> tuple[Product | None, Cart | None, Page, LeftOut]:
        product = rescue(call(Catalog.product, sku), {UnknownProduct: None})
        cart = optional(translate(call(Carts.put_line, cart_id, sku), {CartFull: _not_for_sale}))
        return product, cart, call(Pages.page, sku), left_out()

    assert {UnknownProduct: "page", NotForSale: "put_line"} == {
        error: step.name for error, step in rejections_of(handled).items()
    }


@composition
def searched(query: str) -> tuple[Sku, ...]:
    """A call whose contract two dependencies have."""
    return call(Search.search, query)


async def test_an_ambiguous_dependency_is_refused() -> None:
    """Which of several dependencies is meant has to be said."""
    with pytest.raises(PlanError, match="which 2 dependencies have; name one with at"):
        await Composer(market(Told())).run(searched, "x")


async def test_a_missing_dependency_is_refused() -> None:
    """A plan that calls what the component does not have cannot run."""
    with pytest.raises(PlanError, match="0 dependencies have; add a dependency"):
        await Composer({}).run(searched, "x")


async def test_a_missing_role_is_refused() -> None:
    """A role is the name of a dependency with the role's contract."""

    @composition
    def elsewhere(query: str) -> tuple[Sku, ...]:
        return at(Role(Search, "films"), Search.search, query)

    with pytest.raises(PlanError, match=r"at role 'films'.*are \['books', 'music'\]"):
        await Composer(market(Told())).run(elsewhere, "x")


def test_a_service_is_checked_when_it_is_built() -> None:
    """What is wrong with any of its plans is said at start, never in a request."""

    @composition
    def product(sku: Sku) -> Product:
        return call(Catalog.product, sku)

    served = serve(product)

    class ShopService(Orchestrator, Shop):
        product = served

    with pytest.raises(PlanError, match="add a dependency with contract Catalog"):
        ShopService(Composer({}))


def _first(cart: Cart) -> Sku:
    return cart.skus[0]


def _not_for_sale(error: CartFull) -> NotForSale:
    return NotForSale(sku=str(error))


async def _plain(_: Catalog, sku: Sku) -> str:
    return sku
