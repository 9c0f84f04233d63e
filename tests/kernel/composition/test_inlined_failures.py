"""An inlined plan fails as a whole, as if it were called: by its checks and commands, too."""

from typing import Any

import pytest

from maestri.composition import Composer
from maestri.contracts import LeftOut, Message, parse_selection
from maestri.errors import ConnectFailed, PlanError
from maestri.plans import (
    Plan,
    call,
    check,
    composition,
    each,
    left_out,
    named,
    optional,
    program_of,
    rescue,
    translate,
)
from tests.kernel.composition.effects import KeyedTold, effects_of
from tests.kernel.plans.contract import (
    Anything,
    CartFull,
    Carts,
    Catalog,
    NotForSale,
    Pricing,
    Product,
    Sku,
    Title,
    UnknownProduct,
)

A, B = Sku("a"), Sku("b")


class View(Message):
    title: Title | None
    price: int
    left_out: LeftOut = ()


@composition
def sold(sku: Sku) -> Title:
    """Check a product, and show it."""
    check(call(Catalog.may_be_sold, sku))
    return Title(call(Catalog.product, sku).title)


@composition
def sold_title(sku: Sku) -> str:
    """Check a product; the result is a step."""
    check(call(Catalog.may_be_sold, sku))
    return call(Catalog.product, sku).title


@composition
def put(sku: Sku) -> Title:
    """Send a command whose result nobody uses."""
    product = call(Catalog.product, sku)
    call(Carts.put_line, "c", sku)
    return Title(product.title)


@composition
def sold_twice_wrapped(sku: Sku) -> Title:
    """Inline a plan in a plan."""
    return sold(sku)


@composition
def read(sku: Sku) -> Product:
    """Read a product."""
    return call(Catalog.product, sku)


@composition
def sold_elsewhere(sku: Sku) -> Product:
    """Check a product; the result is that of another plan."""
    check(call(Catalog.may_be_sold, sku))
    return read(sku)


@composition
def put_elsewhere(sku: Sku) -> Title:
    """Send a command; the result is that of another plan, which checks."""
    call(Carts.put_line, "c", sku)
    return sold(sku)


@composition
def put_without_fail(sku: Sku) -> Title:
    """Handle the failure of the command inside."""
    optional(call(Carts.put_line, "c", sku))
    return Title(call(Catalog.product, sku).title)


@composition
def sold_or_not(sku: Sku) -> None:
    """Check a product, and return nothing."""
    check(call(Catalog.may_be_sold, sku))


@composition
def put_twice(sku: Sku) -> None:
    """Send two commands, and return nothing."""
    call(Carts.put_line, "c", sku)
    named("again", call(Carts.put_line, "c", sku))


async def run(plan: Plan[..., Any], told: KeyedTold, composer: Composer, **failures: Any) -> Any:
    """Run *plan* for product a in a market where these operations fail."""
    told.failures.update(failures)
    return await composer.run(plan, A)


@pytest.mark.parametrize(
    "inlined",
    [sold, sold_title, sold_twice_wrapped, sold_elsewhere, put_elsewhere],
    ids=lambda p: p.name,
)
async def test_the_check_of_an_inlined_plan_is_rescued(
    inlined: Plan[[Sku], Any], told: KeyedTold, composer: Composer
) -> None:
    """What the plan would answer if it were called remotely is rescued where it is inlined."""

    @composition
    def view(sku: Sku) -> Anything:
        return Anything(rescue(inlined(sku), {NotForSale: lambda: "not sold"}))

    found = await run(view, told, composer, may_be_sold=NotForSale(sku="a"))

    assert "not sold" == found.value


@pytest.mark.parametrize(
    "inlined", [sold, sold_title, put, sold_elsewhere, put_elsewhere], ids=lambda p: p.name
)
@pytest.mark.parametrize("failing", ["may_be_sold", "put_line", "product"])
async def test_an_optional_inlined_plan_is_left_out_whatever_fails_it(
    inlined: Plan[[Sku], Any], failing: str, told: KeyedTold, composer: Composer
) -> None:
    """Its checks and its commands are part of it, and of its name."""

    @composition
    def view(sku: Sku) -> Anything:
        return Anything(optional(inlined(sku)), left_out())

    found = await run(view, told, composer, **{failing: ConnectFailed("down")})

    is_failing = failing in {call.partition(":")[0] for call in told.calls}
    assert ((inlined.name,) if is_failing else ()) == found.left_out


async def test_the_check_of_an_inlined_plan_is_translated(
    told: KeyedTold, composer: Composer
) -> None:
    """Another business error is raised for that of the check."""

    @composition
    def view(sku: Sku) -> Title:
        return translate(named("shown", sold)(sku), {NotForSale: UnknownProduct})

    with pytest.raises(UnknownProduct):
        await run(view, told, composer, may_be_sold=NotForSale(sku="a"))


async def test_in_a_body_an_inlined_plan_fails_for_its_item(
    told: KeyedTold, composer: Composer
) -> None:
    """The check of one item is rescued for that item."""

    @composition
    def view(sku: Sku) -> Anything:
        return Anything(each((sku, B), lambda one: rescue(sold(one), {NotForSale: lambda: None})))

    found = await run(view, told, composer, **{"may_be_sold:a": NotForSale(sku="a")})

    assert (None, Title("Title b")) == found.value


async def test_a_failure_that_the_inlined_plan_handles_is_not_its_own(
    told: KeyedTold, composer: Composer
) -> None:
    """A command whose failure is handled inside fails nothing outside."""

    @composition
    def view(sku: Sku) -> Anything:
        return Anything(optional(named("whole", put_without_fail)(sku)), left_out())

    found = await run(view, told, composer, put_line=ConnectFailed("down"))

    assert Title("Title a") == found.value


async def test_an_unhandled_check_of_an_inlined_plan_ends_the_run(
    told: KeyedTold, composer: Composer
) -> None:
    """Without a word around it, it is a check as any other."""

    @composition
    def view(sku: Sku) -> Anything:
        return Anything(sold(sku))

    with pytest.raises(NotForSale):
        await run(view, told, composer, may_be_sold=NotForSale(sku="a"))


@pytest.mark.parametrize("fields", ["title", "price", "title(title)"])
async def test_a_selection_changes_nothing_about_what_an_inlined_plan_does(
    fields: str,
) -> None:
    """Its command is sent under the same key, and its failure is handled, for every selection."""

    @composition
    def view(sku: Sku) -> View:
        shown = rescue(put(sku), {CartFull: lambda: None})
        return View(shown, call(Pricing.price, sku).minor, left_out())

    failures = {"put_line": CartFull(lines_max=1)}
    whole = await effects_of(view, (A,), failures=failures)
    selected = await effects_of(view, (A,), failures=failures, selection=parse_selection(fields))

    assert whole.error is selected.error is None
    assert whole.sent == selected.sent


@composition
def verified(product: Product, sku: Sku) -> Product:
    """Check a product, and return what it is given."""
    check(call(Catalog.may_be_sold, sku))
    return product


async def test_a_plan_fails_nobody_who_has_what_it_returns(
    told: KeyedTold, composer: Composer
) -> None:
    """What it was given is handled apart from it, though its result is the same."""

    @composition
    def view(sku: Sku) -> Anything:
        product = call(Catalog.product, sku)
        verified(product, sku)
        return Anything(optional(product), left_out())

    with pytest.raises(ConnectFailed):
        await run(view, told, composer, may_be_sold=ConnectFailed("down"))


def test_an_inlined_plan_is_needed_as_a_whole_where_it_is_handled() -> None:
    """Its result is not used beside the word that handles its failure, as that of a call."""

    @composition
    def view(sku: Sku) -> Anything:
        shown = sold(sku)
        return Anything((rescue(shown, {NotForSale: lambda: None}), shown.title))

    with pytest.raises(PlanError, match="'product' is also needed where its failure is not hand"):
        program_of(view)


async def test_an_inlined_plan_may_be_there_for_what_it_does(
    told: KeyedTold, composer: Composer
) -> None:
    """``check`` keeps all of it; without that, the refusal of its unused read says so."""

    @composition
    def unused(sku: Sku) -> Anything:
        put(sku)
        return Anything(1)

    @composition
    def checked(sku: Sku) -> Anything:
        check(put(sku))
        return Anything(1)

    with pytest.raises(PlanError, match=r"write check\(put\(\.\.\.\)\)"):
        program_of(unused)
    await run(checked, told, composer)
    assert ["product:a", "put_line:a"] == told.calls


@pytest.mark.parametrize(
    ("inlined", "failing"), [(sold_or_not, "may_be_sold:a"), (put_twice, "put_line:a")]
)
async def test_what_returns_nothing_is_handled_as_well(
    inlined: Plan[[Sku], None], failing: str, told: KeyedTold, composer: Composer
) -> None:
    """A plan that is there for its checks and commands alone fails by them."""

    @composition
    def view(sku: Sku) -> Anything:
        optional(named("one", inlined)(sku))
        rescue(named("other", inlined)(sku), {ConnectFailed: lambda: None})
        return Anything(inlined(B), left_out())

    complete = await run(view, told, composer)
    found = await run(view, told, composer, **{failing: ConnectFailed("down")})

    assert (Anything(None), Anything(None, ("one",))) == (complete, found)


async def test_what_returns_nothing_still_ends_the_run(told: KeyedTold, composer: Composer) -> None:
    """Unused, or used beside other steps, its check is a check as any other."""

    @composition
    def view(sku: Sku) -> Anything:
        sold_or_not(sku)
        return Anything((named("other", sold_or_not)(B), call(Pricing.price, sku)))

    for failing in ("may_be_sold:a", "may_be_sold:b"):
        told.failures = {}
        with pytest.raises(NotForSale):
            await run(view, told, composer, **{failing: NotForSale(sku="a")})
