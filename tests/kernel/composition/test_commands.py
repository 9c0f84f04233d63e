from collections.abc import Mapping

import pytest

from maestri import clock
from maestri.composition import Composer
from maestri.context import current, new_context, use_context
from maestri.contracts import Contract, Failed, LeftOut, Outcome, Succeeded
from maestri.errors import ConnectFailed, NotExecuted, OutcomeUnknown
from maestri.plans import (
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
    rescue,
    route,
    then,
    when,
)
from tests.kernel.plans.contract import (
    Cart,
    CartFull,
    Carts,
    Catalog,
    NotForSale,
    Product,
    Sku,
)
from tests.kernel.plans.market import FakeCarts, Told, market

A = Sku("a")


async def test_commands_run_in_written_order(composer: Composer, told: Told) -> None:
    """What is written before a command ends before it starts; what follows starts after it."""

    @composition
    def shop(cart_id: str, sku: Sku) -> tuple[Cart, Cart]:
        before = call(Carts.cart, cart_id)
        call(Carts.put_line, cart_id, sku)
        call(Carts.order, cart_id)
        after = named("after", call(Carts.cart, cart_id))
        return before, after

    told.delays = {"cart": 2.0, "put_line": 3.0, "order": 1.0}
    await composer.run(shop, "c", A)

    assert (["cart:c", "put_line:a", "order:c", "cart:c"], 8.0) == (told.calls, clock.now_s())


async def test_a_read_after_a_command_is_never_answered_from_before_it(
    composer: Composer, told: Told
) -> None:
    """Equal reads on both sides of a command are two calls."""

    @composition
    def twice(cart_id: str) -> tuple[Cart, Cart]:
        before = call(Carts.cart, cart_id)
        call(Carts.empty, cart_id)
        return before, named("after", call(Carts.cart, cart_id))

    await composer.run(twice, "c")

    assert 2 == told.counted()["cart:c"]


async def test_a_command_is_run_though_nobody_needs_its_answer(
    composer: Composer, told: Told
) -> None:
    """A command is there for what it does."""

    @composition
    def emptied(cart_id: str) -> None:
        call(Carts.empty, cart_id)

    await composer.run(emptied, "c")

    assert ["empty:c"] == told.calls


@composition
def maybe_ordered(cart_id: str, sure: bool) -> tuple[Cart | None, Cart]:
    """A command in a branch."""
    ordered = when(sure, lambda: call(Carts.order, cart_id))
    return ordered, call(Carts.cart, cart_id)


async def test_a_command_in_a_branch_runs_only_if_the_branch_is_taken(
    composer: Composer, told: Told
) -> None:
    """A condition that does not hold keeps its command from being sent."""
    await composer.run(maybe_ordered, "c", False)

    assert ["cart:c"] == told.calls


async def test_a_command_in_a_branch_keeps_its_place(composer: Composer, told: Told) -> None:
    """What follows a conditional command waits for it."""
    told.delays = {"order": 5.0}
    await composer.run(maybe_ordered, "c", True)

    assert ["order:c", "cart:c"] == told.calls


async def test_a_command_deep_in_a_branch_is_part_of_it(composer: Composer, told: Told) -> None:
    """A body in a branch that is not taken sends nothing, whatever it is there for."""

    @composition
    def ordered(cart_id: str, sku: Sku | None, sure: bool) -> Cart:
        def put(one: Sku) -> Cart:
            check(call(Catalog.may_be_sold, one))
            return call(Carts.put_line, cart_id, one)

        when(sure, lambda: then(sku, put))
        return call(Carts.cart, cart_id)

    await composer.run(ordered, "c", A, False)
    without = list(told.calls)
    await composer.run(ordered, "c", A, True)

    assert (["cart:c"], ["may_be_sold:a", "put_line:a", "cart:c"]) == (without, told.calls[1:])


async def test_a_command_outside_of_bodies_always_runs(composer: Composer, told: Told) -> None:
    """A command runs though only a body that is not run uses its answer."""

    @composition
    def shown(cart_id: str, sure: bool) -> Product | None:
        cart = call(Carts.order, cart_id)
        return when(sure, lambda: call(Catalog.product, compute(_first, cart)))

    await composer.run(shown, "c", False)

    assert ["order:c"] == told.calls


async def test_a_route_runs_its_case_and_no_other(composer: Composer, told: Told) -> None:
    """A router sends to one of its cases, reads and commands alike."""

    @composition
    def routed(kind: str, cart_id: str) -> Cart:
        return route(
            kind,
            {
                "show": lambda: call(Carts.cart, cart_id),
                "order": lambda: call(Carts.order, cart_id),
            },
        )

    await composer.run(routed, "show", "c")
    await composer.run(routed, "order", "c")

    assert ["cart:c", "order:c"] == told.calls


async def test_a_fallback_may_be_a_command(composer: Composer, told: Told) -> None:
    """A command as a fallback runs in its place, only when it is needed."""

    @composition
    def put_or_ordered(cart_id: str, sku: Sku) -> tuple[Cart, Cart]:
        put = call(Carts.put_line, cart_id, sku)
        put = rescue(put, {CartFull: lambda: call(Carts.order, cart_id)})
        return put, call(Carts.cart, cart_id)

    await composer.run(put_or_ordered, "c", A)
    without = list(told.calls)
    told.failures = {"put_line": CartFull(lines_max=1)}
    await composer.run(put_or_ordered, "c", A)

    assert (["put_line:a", "cart:c"], ["put_line:a", "order:c", "cart:c"]) == (
        without,
        told.calls[2:],
    )


async def test_commands_for_items_run_at_once_each_in_its_own_order(
    composer: Composer, told: Told
) -> None:
    """An each over commands asks for parallel items; within an item the order holds."""

    @composition
    def filled(skus: tuple[Sku, ...]) -> tuple[Cart, ...]:
        def put(sku: Sku) -> Cart:
            call(Carts.put_line, "c", sku)
            return call(Carts.cart, sku)

        return each(skus, put, key=lambda sku: sku)

    told.delays = {"put_line": 1.0, "cart": 1.0}
    await composer.run(filled, (A, Sku("b")))

    assert (["put_line:a", "put_line:b", "cart:a", "cart:b"], 2.0) == (
        told.calls,
        clock.now_s(),
    )


async def test_a_check_that_fails_keeps_the_commands_after_it_from_being_sent(
    composer: Composer, told: Told
) -> None:
    """Where an item's failure is handled, its commands stop with it, and the other items go on."""

    @composition
    def put_all(skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Cart]]:
        def put(sku: Sku) -> Cart:
            check(call(Catalog.may_be_sold, sku))
            return call(Carts.put_line, "c", sku)

        return outcomes(skus, put)

    told.failures = {"may_be_sold:a": NotForSale(sku="a")}
    found = await composer.run(put_all, (A, Sku("b")))

    assert ([Failed, Succeeded], ["put_line:b"]) == (
        [type(one) for one in found.values()],
        [one for one in told.calls if one.startswith("put")],
    )


async def test_a_command_in_a_body_may_be_optional(composer: Composer, told: Told) -> None:
    """A command that fails is handled like any step, and what follows it is run."""

    @composition
    def put_all(skus: tuple[Sku, ...]) -> tuple[tuple[Cart | None, ...], LeftOut]:
        def put(sku: Sku) -> Cart | None:
            cart = optional(call(Carts.put_line, "c", sku))
            call(Carts.order, sku)
            return cart

        return each(skus, put, key=lambda sku: sku), left_out()

    told.failures = {"put_line:a": ConnectFailed()}
    found = await composer.run(put_all, (A, Sku("b")))

    assert ((None, Cart((Sku("b"),))), ("skus.put_line",)) == found
    assert {"order:a", "order:b"} <= set(told.calls)


@composition
def two_commands(cart_id: str, sku: Sku) -> Cart:
    """A command, and another."""
    call(Carts.put_line, cart_id, sku)
    return call(Carts.order, cart_id)


async def test_not_executed_after_a_command_is_no_longer_certain(
    composer: Composer, told: Told
) -> None:
    """A caller that may not conclude "nothing was done" is told so."""
    told.failures = {"order": ConnectFailed("down")}

    with pytest.raises(OutcomeUnknown) as raised:
        await composer.run(two_commands, "c", A)

    assert ConnectFailed is type(raised.value.__cause__)


async def test_not_executed_of_the_first_command_stays_certain(
    composer: Composer, told: Told
) -> None:
    """A plan whose only command was certainly not executed has done nothing."""
    told.failures = {"put_line": ConnectFailed("down")}

    with pytest.raises(NotExecuted):
        await composer.run(two_commands, "c", A)

    assert ["put_line:a"] == told.calls


async def test_a_command_that_runs_beside_a_failure_may_have_acted(
    composer: Composer, told: Told
) -> None:
    """A command that is cancelled in flight leaves its outcome unknown."""

    @composition
    def filled(skus: tuple[Sku, ...]) -> tuple[Cart, ...]:
        return each(skus, lambda sku: call(Carts.put_line, "c", sku), key=lambda sku: sku)

    told.failures = {"put_line:a": ConnectFailed("down")}
    told.delays = {"put_line:a": 1.0, "put_line:b": 9.0}

    with pytest.raises(OutcomeUnknown):
        await composer.run(filled, (A, Sku("b")))


async def test_every_command_has_a_key_of_its_own_and_reads_have_none(told: Told) -> None:
    """Keys follow from the caller's key, the step's name and the item, the same every time."""
    keys: list[str | None] = []

    class Keyed(FakeCarts):
        async def put_line(self, cart_id: str, sku: Sku) -> Cart:
            keys.append(current().key)
            return Cart((sku,))

        async def cart(self, cart_id: str) -> Cart:
            keys.append(current().key)
            return Cart(())

    @composition
    def filled(skus: tuple[Sku, ...]) -> Cart:
        each(skus, lambda sku: call(Carts.put_line, "c", sku), key=lambda sku: sku)
        return call(Carts.cart, "c")

    dependencies: dict[str, Contract] = {**market(told), "carts": Keyed(told)}
    context = new_context()
    for _ in range(2):
        with use_context(type(context)(context.deadline_s, context.request_id, key="client")):
            await Composer(dependencies).run(filled, (A, Sku("b")))

    first, second = keys[:3], keys[3:]
    assert (True, 2, None) == (first == second, len(set(first[:2])), first[2])


async def test_a_fallback_for_none_is_lazy_even_with_commands(
    composer: Composer, told: Told
) -> None:
    """A value that is there keeps the command of its fallback from running."""

    @composition
    def shown(cart: Cart | None, cart_id: str) -> Cart:
        return otherwise(cart, lambda: call(Carts.order, cart_id))

    assert (Cart((A,)), []) == (await composer.run(shown, Cart((A,)), "c"), told.calls)


def _first(cart: Cart) -> Sku:
    return cart.skus[0]
