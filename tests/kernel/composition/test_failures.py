from collections.abc import Mapping

import pytest

from maestri import clock
from maestri.composition import Composer
from maestri.context import new_context, use_context
from maestri.contracts import LeftOut, Message, Outcome, Succeeded
from maestri.errors import (
    CallError,
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    Faulted,
    NotExecuted,
    Overloaded,
)
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
    quorum,
    rescue,
    then,
    translate,
)
from tests.kernel.plans.contract import (
    Brand,
    Catalog,
    NotForSale,
    Page,
    Pages,
    Price,
    Pricing,
    Product,
    Sku,
    UnknownProduct,
)
from tests.kernel.plans.market import Told

A = Sku("a")


class View(Message):
    value: Price | Brand | Product | None
    left_out: LeftOut = ()


class Brands(Message):
    values: tuple[tuple[Brand, Brand | None], ...]
    left_out: LeftOut = ()


@composition
def priced(sku: Sku) -> View:
    """A decoration that may be missing."""
    return View(optional(call(Pricing.price, sku), timeout_s=2.0), left_out())


@pytest.mark.parametrize("failure", [Overloaded(), ConnectionLost(), Faulted()])
async def test_an_optional_part_that_fails_is_left_out_and_named(
    composer: Composer, told: Told, failure: CallError
) -> None:
    """Whatever is no answer is handled: not executed, outcome unknown, faulted."""
    told.failures = {"price": failure}

    assert View(None, ("price",)) == await composer.run(priced, A)


async def test_an_optional_part_never_handles_a_refusal(composer: Composer, told: Told) -> None:
    """A business error is an answer, so it leaves the plan."""

    @composition
    def shown(sku: Sku) -> View:
        return View(optional(call(Catalog.product, sku)), left_out())

    told.failures = {"product": UnknownProduct(sku="a")}

    with pytest.raises(UnknownProduct):
        await composer.run(shown, A)


async def test_an_optional_part_that_is_late_is_cancelled(composer: Composer, told: Told) -> None:
    """After *timeout_s* seconds from its first call, the part is given up."""
    told.delays = {"price": 60.0}

    view = await composer.run(priced, A)

    assert (View(None, ("price",)), 2.0, ["price:a"]) == (view, clock.now_s(), told.cancelled)


async def test_an_optional_part_gets_most_of_the_time_that_is_left(
    composer: Composer, told: Told
) -> None:
    """Without *timeout_s* a part has 0.8 of the time left, so an answer can be built."""

    @composition
    def decorated(sku: Sku) -> View:
        return View(optional(call(Pricing.price, sku)), left_out())

    told.delays = {"price": 60.0}
    with use_context(new_context(deadline_s=clock.now_s() + 10.0)):
        await composer.run(decorated, A)

    assert 8.0 == pytest.approx(clock.now_s())


async def test_the_time_of_an_optional_part_starts_with_its_own_first_call(
    composer: Composer, told: Told
) -> None:
    """Items of an each that reach their optional part later have all of its time."""

    @composition
    def shown(skus: tuple[Sku, ...]) -> Brands:
        def one(sku: Sku) -> tuple[Brand, Brand | None]:
            brand = call(Catalog.brand, sku)
            maker = named("maker", call(Catalog.brand, brand.name))
            return brand, optional(maker, timeout_s=2.0)

        return Brands(each(skus, one), left_out())

    told.delays = {"brand:b": 5.0, "brand:Name a": 1.5, "brand:Name b": 1.5}
    brands = await composer.run(shown, (A, Sku("b")))

    assert ((), 6.5) == (brands.left_out, clock.now_s())


async def test_one_limit_holds_for_all_calls_of_an_optional_part(
    composer: Composer, told: Told
) -> None:
    """*timeout_s* counts from the first call of a part to the end of its last."""

    @composition
    def branded(sku: Sku) -> View:
        brand = call(Catalog.brand, call(Catalog.product, sku).title)
        return View(optional(brand, timeout_s=3.0), left_out())

    told.delays = {"product": 2.0, "brand": 2.0}
    view = await composer.run(branded, A)

    assert (("brand",), 3.0) == (view.left_out, clock.now_s())


async def test_parts_that_a_child_left_out_are_named_too(composer: Composer) -> None:
    """What is missing below is missing here, behind the call's name: single, batched, in tuples."""

    class All(Message):
        one: Page
        many: tuple[Page, ...]
        latest: tuple[Page, ...]
        left_out: LeftOut = ()

    @composition
    def pages(sku: Sku, skus: tuple[Sku, ...]) -> All:
        one = call(Pages.page, sku)
        many = each(skus, lambda each_sku: call(Pages.page, each_sku))
        return All(one, many, call(Pages.latest), left_out())

    answer = await composer.run(pages, A, (Sku("b"), Sku("c")))

    assert (
        "latest.price_of_l",
        "page.price_of_a",
        "skus.page.price_of_b",
        "skus.page.price_of_c",
    ) == answer.left_out


async def test_a_part_has_the_same_name_wherever_its_plan_is_used(
    composer: Composer, told: Told
) -> None:
    """A plan reports its own parts by the same names, alone, in a batch and inlined."""

    class Both(Message):
        one: View
        other: View
        left_out: LeftOut = ()

    @composition
    def offered(sku: Sku) -> View:
        product = rescue(named("offer", call(Catalog.product, sku)), {UnknownProduct: lambda: None})
        return View(optional(product), left_out())

    @composition
    def batch(skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[View]]:
        return outcomes(skus, offered)

    @composition
    def both(sku: Sku) -> Both:
        return Both(offered(sku), named("other", offered)(sku), left_out())

    told.failures = {"product": ConnectFailed(), "products": ConnectFailed()}
    found = await composer.run(batch, (A,))

    assert View(None, ("offer",)) == await composer.run(offered, A)
    assert {A: Succeeded(View(None, ("offer",)))} == found
    assert ("offered.offer", "other.offer") == (await composer.run(both, A)).left_out


async def test_parts_are_reported_where_they_are_missing(composer: Composer, told: Told) -> None:
    """An item names its own missing parts, the whole answer those of all items."""

    @composition
    def cards(skus: tuple[Sku, ...]) -> tuple[tuple[View, ...], LeftOut]:
        def card(sku: Sku) -> View:
            return View(optional(call(Catalog.brand, sku)), left_out())

        return each(skus, card), left_out()

    told.failures = {"brand:b": ConnectFailed()}
    items, parts = await composer.run(cards, (A, Sku("b")))

    assert ([(), ("brand",)], ("skus.brand",)) == ([item.left_out for item in items], parts)


async def test_a_fallback_that_is_a_step_runs_only_when_it_is_needed(
    composer: Composer, told: Told
) -> None:
    """Otherwise asks for its fallback where the value is None, and not before."""

    @composition
    def branded(sku: Sku) -> View:
        brand = optional(call(Catalog.brand, sku))
        return View(otherwise(brand, lambda: call(Catalog.brand, "other")), left_out())

    good = await composer.run(branded, A)
    calls = list(told.calls)
    told.failures = {"brand:a": ConnectFailed()}
    other = await composer.run(branded, A)

    assert (["brand:a"], Brand("Name a", "IT"), Brand("Name other", "IT")) == (
        calls,
        good.value,
        other.value,
    )


async def test_rescue_uses_what_it_has_for_the_error(composer: Composer, told: Told) -> None:
    """A rescued error is gone; what stands for it may be a call, which runs only then."""

    @composition
    def shown(sku: Sku) -> Product | None:
        return rescue(call(Catalog.product, sku), {UnknownProduct: lambda: None})

    @composition
    def replaced(sku: Sku) -> Product:
        product = call(Catalog.product, sku)
        return rescue(product, {UnknownProduct: lambda: call(Catalog.product, Sku("o"))})

    told.failures = {"product:x": UnknownProduct(sku="x")}

    assert None is await composer.run(shown, Sku("x"))
    assert "Title o" == (await composer.run(replaced, Sku("x"))).title
    assert ["product:x", "product:x", "product:o"] == told.calls


async def test_rescue_lets_other_errors_pass(composer: Composer, told: Told) -> None:
    """An error that is not in the mapping is raised as it is."""

    @composition
    def shown(sku: Sku) -> Product | None:
        return rescue(call(Catalog.product, sku), {UnknownProduct: lambda: None})

    told.failures = {"product": ConnectFailed()}

    with pytest.raises(ConnectFailed):
        await composer.run(shown, A)


async def test_translate_to_a_class_takes_the_fields_over(composer: Composer, told: Told) -> None:
    """The new error has the fields of the old one, which is its cause."""

    @composition
    def shown(sku: Sku) -> Product:
        return translate(call(Catalog.product, sku), {UnknownProduct: NotForSale})

    told.failures = {"product": UnknownProduct(sku="a")}

    with pytest.raises(NotForSale) as raised:
        await composer.run(shown, A)

    assert ("a", UnknownProduct) == (raised.value.fields["sku"], type(raised.value.__cause__))


async def test_translate_by_a_function_makes_the_error(composer: Composer, told: Told) -> None:
    """A function of the error returns the one to raise."""

    def not_for_sale(error: NotExecuted) -> NotForSale:
        return NotForSale(sku=error.code)

    @composition
    def shown(sku: Sku) -> Product:
        return translate(call(Catalog.product, sku), {NotExecuted: not_for_sale})

    told.failures = {"product": ConnectFailed()}

    with pytest.raises(NotForSale, match="connect_failed"):
        await composer.run(shown, A)


@composition
def majority(one: str, two: str, three: str) -> tuple[tuple[Brand, ...], LeftOut]:
    """Two of three sources are enough."""
    steps = [
        named(f"from_{i}", call(Catalog.brand, id_)) for i, id_ in enumerate((one, two, three))
    ]
    return quorum(steps, 2, timeout_s=5.0), left_out()


async def test_a_quorum_is_met_by_what_answers(composer: Composer, told: Told) -> None:
    """Late and failed sources are left out by name; the others come in written order."""
    told.delays = {"brand:x": 60.0, "brand:y": 1.0}

    brands, parts = await composer.run(majority, "x", "y", "z")

    assert (["Name y", "Name z"], ("from_0",), 5.0) == (
        [brand.name for brand in brands],
        parts,
        clock.now_s(),
    )


async def test_a_quorum_that_is_not_met_raises_the_first_error(
    composer: Composer, told: Told
) -> None:
    """With fewer answers than *least*, the plan fails."""
    told.failures = {"brand:x": ConnectFailed(), "brand:z": Faulted()}

    with pytest.raises(ConnectFailed):
        await composer.run(majority, "x", "y", "z")


async def test_a_failure_is_handled_by_what_uses_it_in_a_body(
    composer: Composer, told: Told
) -> None:
    """An optional part of an item may use a step outside that has failed."""

    @composition
    def named_brands(sku: Sku, names: tuple[str, ...]) -> tuple[tuple[str | None, ...], LeftOut]:
        brand = call(Catalog.brand, sku)
        return each(names, lambda name: optional(compute(_joined, name, brand))), left_out()

    told.failures = {"brand": ConnectFailed()}

    assert ((None, None), ("names._joined",)) == await composer.run(named_brands, A, ("x", "y"))


async def test_a_body_that_is_handled_fails_as_a_whole(composer: Composer, told: Told) -> None:
    """An optional each is there with all its items, or not at all."""

    @composition
    def brands(names: tuple[str, ...]) -> tuple[tuple[Brand, ...] | None, LeftOut]:
        return optional(each(names, lambda name: call(Catalog.brand, name))), left_out()

    told.failures = {"brand:y": DeadlineExceeded()}

    assert (None, ("names",)) == await composer.run(brands, ("x", "y"))


async def test_nothing_follows_from_a_value_that_is_not_there(
    composer: Composer, told: Told
) -> None:
    """Then runs its body for a value, and is None without one."""

    @composition
    def branded(sku: str | None) -> Brand | None:
        return then(sku, lambda one: call(Catalog.brand, one))

    assert (None, []) == (await composer.run(branded, None), told.calls)


def _joined(name: str, brand: Brand) -> str:
    return name + brand.name
