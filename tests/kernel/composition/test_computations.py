"""A computation that refuses has answered; one that breaks is Faulted, whoever handles it."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest

from maestri.composition import Composer, Orchestrator, serve
from maestri.contracts import Contract, Failed, LeftOut, Message, Outcome, Succeeded, get
from maestri.errors import CallError, ConnectFailed, Faulted
from maestri.links import Invoker, LocalLink, stub
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
    quorum,
    reduce,
    rescue,
    route,
    then,
    translate,
    when,
)
from tests.kernel.composition.effects import KeyedTold
from tests.kernel.plans.contract import (
    Carts,
    Catalog,
    NotForSale,
    Price,
    Pricing,
    Sku,
    UnknownProduct,
)

A, B, C = Sku("a"), Sku("b"), Sku("c")


def sold(sku: Sku) -> Sku:
    """Refuse b, and break at c."""
    if sku == "b":
        raise NotForSale(sku=sku)
    if sku == "c":
        raise ZeroDivisionError("at c")
    return sku


def unknown(error: Faulted) -> UnknownProduct:
    """Return the refusal that stands for what broke."""
    return UnknownProduct(sku=error.code)


def maybe_sold(sku: Sku) -> Sku | None:
    """Do as sold does, and say that there may be none."""
    return sold(sku)


def first(skus: Sequence[Sku]) -> Sku:
    """Return the first one."""
    return sold(skus[0])


class Part(Message):
    sku: Sku | None
    left_out: LeftOut = ()


@composition
def alone(sku: Sku) -> Sku:
    """A computation that nobody handles."""
    return compute(sold, sku)


@composition
def optional_part(sku: Sku) -> Part:
    """A computation as a part that may be missing."""
    return Part(optional(compute(sold, sku)), left_out())


@composition
def rescued(sku: Sku) -> Sku:
    """A refusal that is rescued."""
    return rescue(compute(sold, sku), {NotForSale: lambda: A})


@composition
def rescued_from_all(sku: Sku) -> Sku:
    """Whatever it is, it is rescued."""
    return rescue(compute(sold, sku), {CallError: lambda: A})


@composition
def rescued_from_faults(sku: Sku) -> Sku:
    """What breaks is rescued."""
    return rescue(compute(sold, sku), {Faulted: lambda: A})


@composition
def translated(sku: Sku) -> Sku:
    """A refusal and a fault, as other refusals."""
    return translate(compute(sold, sku), {NotForSale: UnknownProduct, Faulted: unknown})


@composition
def after_a_call(sku: Sku) -> Sku:
    """A computation of what a call answers."""
    return compute(sold, call(Catalog.product, sku).sku)


@composition
def in_a_body(sku: Sku) -> Sku | None:
    """A computation in a body."""
    return then(sku, lambda one: compute(sold, one))


@composition
def as_a_condition(sku: Sku) -> Sku | None:
    """A computation as the condition of a body."""
    return when(compute(sold, sku) == A, lambda: call(Catalog.product, sku).sku)


@composition
def as_a_key(sku: Sku) -> Sku:
    """A computation as what is routed."""
    return route(compute(sold, sku), {A: lambda: call(Catalog.product, sku).sku})


@composition
def as_a_value(sku: Sku) -> Sku:
    """A computation in front of a fallback."""
    return otherwise(compute(maybe_sold, sku), lambda: A)


@composition
def as_an_argument(sku: Sku) -> Sku:
    """A computation as an argument of a call."""
    return call(Catalog.product, compute(sold, sku)).sku


@composition
def as_an_argument_of_a_command(sku: Sku) -> tuple[Sku, ...]:
    """A computation as an argument of a command."""
    return call(Carts.put_line, "c", compute(sold, sku)).skus


@composition
def reduced(sku: Sku) -> Sku:
    """An aggregation that refuses or breaks."""
    return reduce(first, (sku, sku))


@composition
def in_a_quorum(sku: Sku) -> tuple[tuple[Sku, ...], LeftOut]:
    """Computations among steps of which one must answer."""
    return quorum([compute(sold, sku), named("other", compute(sold, A))], 1), left_out()


UNHANDLED = [
    alone,
    after_a_call,
    in_a_body,
    as_a_condition,
    as_a_key,
    as_a_value,
    as_an_argument,
    as_an_argument_of_a_command,
    reduced,
]


@pytest.mark.parametrize("plan", UNHANDLED, ids=lambda plan: plan.name)
async def test_a_refusal_of_a_computation_leaves_the_plan_as_it_is(
    composer: Composer, plan: Plan[[Sku], Any]
) -> None:
    """A Rejected that a function raises is a business error like that of a call."""
    with pytest.raises(NotForSale) as raised:
        await composer.run(plan, B)

    assert {"sku": "b"} == raised.value.fields


@pytest.mark.parametrize("plan", UNHANDLED, ids=lambda plan: plan.name)
async def test_a_computation_that_breaks_is_faulted(
    composer: Composer, plan: Plan[[Sku], Any]
) -> None:
    """Any other exception is Faulted, names the step, and is its cause."""
    with pytest.raises(Faulted, match="ZeroDivisionError") as raised:
        await composer.run(plan, C)

    assert ZeroDivisionError is type(raised.value.__cause__)


async def test_what_breaks_is_logged(composer: Composer, caplog: pytest.LogCaptureFixture) -> None:
    """The log has the traceback, with the names of step and plan."""
    with caplog.at_level(logging.ERROR, logger="maestri.composition"), pytest.raises(Faulted):
        await composer.run(alone, C)

    (record,) = caplog.records
    assert ("sold", "of plan alone broke") == (
        record.getMessage()[:4],
        record.getMessage().partition(" ")[2],
    )
    assert "Traceback" in caplog.text


async def test_a_refusal_is_not_logged(
    composer: Composer, caplog: pytest.LogCaptureFixture
) -> None:
    """An answer is no incident."""
    with caplog.at_level(logging.ERROR), pytest.raises(NotForSale):
        await composer.run(alone, B)

    assert [] == caplog.records


async def test_a_part_may_break_and_may_not_refuse(composer: Composer) -> None:
    """Optional handles what broke, as of a call, and lets a refusal pass."""
    assert Part(None, ("sold",)) == await composer.run(optional_part, C)
    with pytest.raises(NotForSale):
        await composer.run(optional_part, B)


async def test_a_quorum_does_without_what_breaks_and_not_without_a_refusal(
    composer: Composer,
) -> None:
    """Among the steps of a quorum a computation that breaks is one that did not answer."""
    assert ((A,), ("sold",)) == await composer.run(in_a_quorum, C)
    with pytest.raises(NotForSale):
        await composer.run(in_a_quorum, B)


async def test_a_rescue_has_something_for_either(composer: Composer) -> None:
    """Rescue tells a refusal from a fault by class, as of a call."""
    assert (A, A, A) == (
        await composer.run(rescued, B),
        await composer.run(rescued_from_faults, C),
        await composer.run(rescued_from_all, C),
    )
    with pytest.raises(Faulted):
        await composer.run(rescued, C)
    with pytest.raises(NotForSale):
        await composer.run(rescued_from_faults, B)


@pytest.mark.parametrize(("sku", "told_sku"), [(B, "b"), (C, "faulted")])
async def test_either_may_be_translated(composer: Composer, sku: Sku, told_sku: str) -> None:
    """Translate stands a refusal for a refusal, and one for a fault."""
    with pytest.raises(UnknownProduct) as raised:
        await composer.run(translated, sku)

    assert {"sku": told_sku} == raised.value.fields


async def test_a_key_that_breaks_spoils_no_other(composer: Composer) -> None:
    """In a batch each key has the outcome of its own computations."""

    @composition
    def batch(skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Sku]]:
        return outcomes(skus, lambda sku: compute(sold, call(Catalog.product, sku).sku))

    found = await composer.run(batch, (A, B, C))

    assert Succeeded(A) == found[A]
    assert ["urn:maestri:rejected:market.not_for_sale", "urn:maestri:faulted"] == [
        one.problem.type for one in (found[B], found[C]) if isinstance(one, Failed)
    ]


async def test_an_item_that_breaks_fails_the_each(composer: Composer) -> None:
    """An each is there with all its items or not at all; who handles it, handles that."""

    @composition
    def all_sold(skus: tuple[Sku, ...]) -> tuple[Sku, ...] | None:
        return rescue(each(skus, lambda sku: compute(sold, sku)), {Faulted: lambda: None})

    assert (None, (A, A)) == (
        await composer.run(all_sold, (A, C)),
        await composer.run(all_sold, (A, A)),
    )
    with pytest.raises(NotForSale):
        await composer.run(all_sold, (A, B))


async def test_what_broke_ends_the_run_when_nobody_handles_it(
    composer: Composer, told: KeyedTold
) -> None:
    """The calls that run are cancelled before the error leaves the plan."""

    @composition
    def used(sku: Sku) -> tuple[Sku, Price]:
        return compute(sold, call(Catalog.product, sku).sku), call(Pricing.price, sku)

    told.delays = {"price": 9.0}
    with pytest.raises(Faulted):
        await composer.run(used, C)

    assert ["price:c"] == told.cancelled


async def test_an_operator_that_breaks_is_faulted(composer: Composer) -> None:
    """Arithmetic between values is a computation, too."""

    @composition
    def share(sku: Sku, among: int) -> Part:
        each_minor = call(Pricing.price, sku).minor / among
        shared = optional(named("share", compute(str, each_minor)))
        return Part(then(shared, lambda _: sku), left_out())

    @composition
    def bare(sku: Sku, among: int) -> float:
        return call(Pricing.price, sku).minor / among

    assert Part(None, ("share",)) == await composer.run(share, A, 0)
    with pytest.raises(Faulted, match="ZeroDivisionError"):
        await composer.run(bare, A, 0)


class Narrow(Message):
    minor: int


def no_price(sku: Sku) -> Price:
    """Return nothing, against what is declared."""
    del sku
    return cast("Price", None)


async def test_a_message_that_cannot_be_made_is_faulted(composer: Composer) -> None:
    """A field of what is not there breaks the result, which is a fault of the plan."""

    @composition
    def narrow(sku: Sku) -> Narrow:
        return Narrow(compute(no_price, sku).minor)

    with pytest.raises(Faulted, match="AttributeError"):
        await composer.run(narrow, A)


async def test_a_message_of_a_part_that_cannot_be_made_is_left_out(composer: Composer) -> None:
    """A body's message that cannot be made fails the body, which a part may be."""

    class Shown(Message):
        narrow: Narrow | None
        left_out: LeftOut = ()

    @composition
    def shown(sku: Sku) -> Shown:
        price = compute(no_price, sku)
        narrow = named("narrow", then(sku, lambda _: Narrow(price.minor)))
        return Shown(optional(narrow), left_out())

    @composition
    def keyed(skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Narrow]]:
        return outcomes(skus, lambda sku: Narrow(compute(no_price, sku).minor))

    assert Shown(None, ("narrow",)) == await composer.run(shown, A)
    assert [Failed] == [type(one) for one in (await composer.run(keyed, (A,))).values()]


async def test_an_error_of_a_call_that_a_computation_raises_is_a_fault(composer: Composer) -> None:
    """A function makes no calls, so what it may not say is that one was not executed."""

    def broken(_: Sku) -> Sku:
        raise ConnectFailed("nobody called")

    @composition
    def computed(sku: Sku) -> Sku:
        return compute(broken, sku)

    with pytest.raises(Faulted):
        await composer.run(computed, A)


async def test_an_undeclared_refusal_of_a_computation_is_a_fault_to_its_caller() -> None:
    """What an operation does not declare it cannot answer: its callers see Faulted."""

    class Skus(Contract, id="skus"):
        @get("/undeclared/{sku}")
        async def undeclared(self, sku: Sku) -> Sku:
            """Return the sku."""
            raise NotImplementedError

        @get("/declared/{sku}", raises=[NotForSale])
        async def declared(self, sku: Sku) -> Sku:
            """Return the sku."""
            raise NotImplementedError

    class Service(Orchestrator, Skus):
        undeclared = serve(alone)
        declared = serve(alone)

    skus = stub(Skus, LocalLink(Invoker(Service(Composer({})))))
    with pytest.raises(Faulted):
        await skus.undeclared(B)
    with pytest.raises(NotForSale):
        await skus.declared(B)


async def test_a_power_may_have_a_modulus(composer: Composer) -> None:
    """What an operator may be given is given to it."""

    @composition
    def plan(base: int) -> tuple[int, int]:
        return base**2, pow(base, 2, 7)

    assert (25, 4) == await composer.run(plan, 5)
