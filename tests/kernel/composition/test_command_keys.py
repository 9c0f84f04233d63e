"""A command that is sent again has the key that it had, and no other command has it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from maestri.composition import Composer
from maestri.context import Context, new_context, use_context
from maestri.contracts import Message, Outcome
from maestri.errors import ConnectFailed, Faulted
from maestri.plans import (
    Plan,
    call,
    check,
    composition,
    each,
    named,
    otherwise,
    outcomes,
    rescue,
    route,
    then,
    when,
)
from tests.kernel.composition.effects import KeyedTold
from tests.kernel.plans.contract import Cart, Carts, Catalog, Pricing, Sku

A, B, C = Sku("a"), Sku("b"), Sku("c")


class Line(Message):
    place: str
    sku: Sku


async def keys_of(
    composer: Composer, told: KeyedTold, plan: Plan[..., Any], *inputs: Any, key: str = "client"
) -> dict[str, str | None]:
    """Run *plan* under *key*, and return the key of each command by what it was told."""
    told.keys.clear()
    context = new_context()
    with use_context(Context(context.deadline_s, context.request_id, key=key)):
        await composer.run(plan, *inputs)
    return told.commands()


@composition
def two_eaches(one: tuple[Sku, ...], other: tuple[Sku, ...]) -> None:
    """Commands for the items of two tuples."""
    each(one, lambda sku: call(Carts.put_line, "c", sku), key=lambda sku: sku)
    each(other, lambda sku: call(Carts.put_line, "c", sku), key=lambda sku: sku)


async def test_two_eaches_over_the_same_items_share_no_key(
    composer: Composer, told: KeyedTold
) -> None:
    """A key names the place in the plan, too, so equal items of two eaches differ."""
    await keys_of(composer, told, two_eaches, (A, B), (A, B))

    assert 4 == len({key for _, key in told.keys})


async def test_items_in_another_order_keep_their_keys(composer: Composer, told: KeyedTold) -> None:
    """A key is made of the item's own key, not of its position."""
    first = await keys_of(composer, told, two_eaches, (A, B), (C,))
    again = await keys_of(composer, told, two_eaches, (B, A), (C,))

    assert first == again


async def test_an_item_that_is_added_changes_no_other_key(
    composer: Composer, told: KeyedTold
) -> None:
    """The keys of the items that were there are the same with others between them."""
    first = await keys_of(composer, told, two_eaches, (A, B), ())
    again = await keys_of(composer, told, two_eaches, (C, A, B), ())

    assert first.items() <= again.items()


async def test_another_request_has_other_keys(composer: Composer, told: KeyedTold) -> None:
    """Every key depends on the caller's."""
    first = await keys_of(composer, told, two_eaches, (A,), (B,), key="one")
    other = await keys_of(composer, told, two_eaches, (A,), (B,), key="other")

    assert set() == set(first.values()) & set(other.values())


async def test_without_a_callers_key_there_are_none(composer: Composer, told: KeyedTold) -> None:
    """A command of a run that has no key has none, rather than one that others may have."""
    await composer.run(two_eaches, (A,), (B,))

    assert {None} == set(told.commands().values())


async def test_nested_items_are_told_apart_by_all_their_keys(
    composer: Composer, told: KeyedTold
) -> None:
    """The same item in two rows has two keys, whatever the order of rows and items."""

    @composition
    def matrix(carts: tuple[str, ...], skus: tuple[Sku, ...]) -> tuple[tuple[Cart, ...], ...]:
        def row(cart_id: str) -> tuple[Cart, ...]:
            return each(skus, lambda sku: call(Carts.put_line, cart_id, sku), key=lambda sku: sku)

        return each(carts, row, key=lambda cart_id: cart_id)

    await keys_of(composer, told, matrix, ("x", "y"), (A, B))
    first = {key for _, key in told.keys}
    await keys_of(composer, told, matrix, ("y", "x"), (B, A))

    assert (4, first) == (len(first), {key for _, key in told.keys})


async def test_an_inner_body_has_the_key_of_the_item_around_it(
    composer: Composer, told: KeyedTold
) -> None:
    """A command deep in the bodies of an item is told apart by that item."""

    @composition
    def filled(skus: tuple[Sku, ...], sure: bool) -> tuple[Cart | None, ...]:
        return each(skus, lambda _: when(sure, lambda: call(Carts.order, "c")), key=lambda sku: sku)

    await keys_of(composer, told, filled, (A, B), True)
    first = [key for _, key in told.keys]
    await keys_of(composer, told, filled, (B, A), True)

    assert (2, first[::-1]) == (len(set(first)), [key for _, key in told.keys])


async def test_fields_of_an_item_may_be_its_key(composer: Composer, told: KeyedTold) -> None:
    """What tells items apart may be several of their fields; the others do not matter."""

    @composition
    def filled(lines: tuple[Line, ...]) -> tuple[Cart, ...]:
        return each(
            lines,
            lambda line: call(Carts.put_line, line.place, line.sku),
            key=lambda line: (line.place, line.sku),
        )

    lines = (Line("x", A), Line("x", B), Line("y", C))
    first = await keys_of(composer, told, filled, lines)
    again = await keys_of(composer, told, filled, lines[::-1])

    assert (3, first) == (len(set(first.values())), again)


async def test_outcomes_have_the_keys_of_their_keys(composer: Composer, told: KeyedTold) -> None:
    """The keys of a batch tell its commands apart, in whatever order, and asked for twice."""

    @composition
    def put_all(skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[Cart]]:
        return outcomes(skus, lambda sku: call(Carts.put_line, "c", sku))

    first = await keys_of(composer, told, put_all, (A, B))
    again = await keys_of(composer, told, put_all, (B, A, B))

    assert (2, first, 2) == (len(set(first.values())), again, len(told.keys))


@composition
def put_one(sku: Sku) -> Cart:
    """One command."""
    return call(Carts.put_line, "inner", sku)


@composition
def in_every_body(sku: Sku | None, kind: str, cart: Cart | None) -> None:
    """The same command in each word that has bodies, and in plans inside."""

    def put(name: str) -> Cart:
        return call(Carts.put_line, name, A)

    then(sku, lambda one: call(Carts.put_line, "then", one))
    when(kind == "x", lambda: put("when"))
    route(kind, {"x": lambda: put("case x"), "y": lambda: put("case y")})
    otherwise(cart, lambda: put("otherwise"))
    rescue(call(Carts.order, "c"), {ConnectFailed: lambda: put("rescue")})
    named("first", put_one)(A)
    named("second", put_one)(A)
    put("plain")


async def test_the_same_command_has_another_key_in_every_body(
    composer: Composer, told: KeyedTold
) -> None:
    """Every place in a plan has a path of its own: cases, fallbacks, inlined plans."""
    told.failures = {"order": ConnectFailed()}
    await keys_of(composer, told, in_every_body, A, "x", None)
    found = [key for call, key in told.keys if call == "put_line:a"]

    assert (8, 8) == (len(found), len(set(found)))


async def test_the_cases_of_a_route_have_different_keys(
    composer: Composer, told: KeyedTold
) -> None:
    """A command that is sent again by another case is another command."""

    @composition
    def routed(kind: str) -> Cart:
        return route(
            kind,
            {
                "x": lambda: call(Carts.put_line, "c", A),
                "y": lambda: call(Carts.put_line, "c", A),
            },
        )

    one = await keys_of(composer, told, routed, "x")
    other = await keys_of(composer, told, routed, "y")

    assert (["put_line:a"], False) == (list(one), one == other)


def plain() -> Plan[[Sku, bool], Cart]:
    """Return a plan with two commands."""

    @composition
    def shop(sku: Sku, sure: bool) -> Cart:
        when(sure, lambda: call(Carts.put_line, "c", sku))
        return call(Carts.order, "c")

    return shop


def with_more_lines() -> Plan[[Sku, bool], Cart]:
    """Return a plan of the same name and commands, with other lines before and between them."""

    @composition
    def shop(sku: Sku, sure: bool) -> Cart:
        check(call(Catalog.may_be_sold, sku))
        check(when(sure, lambda: call(Carts.cart, "seen")))
        price = call(Pricing.price, sku)

        def put() -> Cart:
            check(price)
            check(call(Catalog.product, sku))
            return call(Carts.put_line, "c", sku)

        when(sure, put)
        check(call(Carts.cart, "c"))
        return call(Carts.order, "c")

    return shop


@pytest.mark.parametrize("changed", [with_more_lines])
async def test_unrelated_lines_change_no_key(
    composer: Composer, told: KeyedTold, changed: Callable[[], Plan[..., Any]]
) -> None:
    """A path is made of names: of the plan, the bodies and the step, not of what else is there."""
    first = await keys_of(composer, told, plain(), A, True)
    again = await keys_of(composer, told, changed(), A, True)

    assert first.items() <= again.items()


async def test_reads_have_no_key(composer: Composer, told: KeyedTold) -> None:
    """Only a command carries a key: not a read, a batch, a check, nor a read in a body of one."""

    @composition
    def shop(skus: tuple[Sku, ...]) -> tuple[Cart, ...]:
        check(call(Catalog.may_be_sold, A))
        check(each(skus, lambda sku: call(Pricing.price, sku)))

        def put(sku: Sku) -> Cart:
            check(call(Catalog.product, sku))
            call(Carts.put_line, "c", sku)
            return call(Carts.cart, sku)

        return each(skus, put, key=lambda sku: sku)

    await keys_of(composer, told, shop, (A, B))
    with_key = [call for call, key in told.keys if key is not None]

    assert (["put_line:a", "put_line:b"], 8) == (sorted(with_key), len(told.keys))


async def test_two_items_of_one_key_are_refused_before_anything_is_sent(
    composer: Composer, told: KeyedTold
) -> None:
    """Two commands would have one key, so none of the items is begun."""

    @composition
    def shop(skus: tuple[Sku, ...]) -> tuple[Cart, ...]:
        def put(sku: Sku) -> Cart:
            check(call(Catalog.may_be_sold, sku))
            return call(Carts.put_line, "c", sku)

        return each(skus, put, key=lambda sku: sku)

    with pytest.raises(Faulted, match="two items of one key"):
        await composer.run(shop, (A, B, A))

    assert [] == told.calls


async def test_two_items_of_one_key_may_be_done_without(
    composer: Composer, told: KeyedTold
) -> None:
    """The refusal is a fault of the each, which a part handles as any."""

    @composition
    def shop(skus: tuple[Sku, ...]) -> tuple[Cart, ...] | None:
        put = each(skus, lambda sku: call(Carts.put_line, "c", sku), key=lambda sku: sku)
        return rescue(put, {Faulted: lambda: None})

    assert (None, []) == (await composer.run(shop, (A, A)), told.calls)
