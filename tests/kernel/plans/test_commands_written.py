"""What a command needs to be sent once: a key for each item, and an operation that may change."""

from collections.abc import Callable
from typing import Any

import pytest

from maestri.composition import Composer, Orchestrator, serve
from maestri.contracts import Contract, Message, delete, get, post, put
from maestri.errors import PlanError
from maestri.plans import (
    call,
    check_served,
    composition,
    compute,
    each,
    named,
    otherwise,
    outcomes,
    rescue,
    route,
    then,
    when,
)
from maestri.plans.words import Call
from tests.kernel.plans.contract import Cart, CartFull, Carts, Catalog, Sku
from tests.kernel.plans.market import Told, market
from tests.kernel.plans.refusals import refused_at_import


class Line(Message):
    """A line of a cart."""

    sku: Sku
    kind: str


@composition
def put_in(sku: Sku) -> Cart:
    """Put one product into the cart."""
    return call(Carts.put_line, "c", sku)


COMMANDS: dict[str, Callable[[Sku], Any]] = {
    "a call": lambda sku: call(Carts.put_line, "c", sku),
    "an inlined plan": put_in,
    "then": lambda sku: then(call(Catalog.product, sku).brand_id, lambda _: put_in(sku)),
    "when": lambda sku: when(sku == "a", lambda: put_in(sku)),
    "route": lambda sku: route(sku, {Sku("a"): lambda: put_in(sku), Sku("b"): lambda: None}),
    "rescue": lambda sku: rescue(
        named("tried", put_in)(sku), {CartFull: lambda: call(Carts.order, "c")}
    ),
    "otherwise": lambda sku: otherwise(
        call(Catalog.product, sku).brand_id, lambda: compute(str, put_in(sku))
    ),
    "an each inside": lambda sku: each(
        call(Catalog.product, sku).similar, put_in, key=lambda one: one
    ),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_with_a_command_names_its_items(name: str) -> None:
    """Nothing else tells the items apart, when a run is repeated with them in another order."""

    def plan(skus: tuple[Sku, ...]) -> Any:
        return each(skus, COMMANDS[name])

    assert (
        "each() has a command, and nothing tells its items apart when they are sent again; "
        "name the key of an item: each(items, step, key=lambda item: item.id)"
    ) == refused_at_import(plan)


@pytest.mark.parametrize("name", COMMANDS)
def test_an_item_with_a_key_may_have_a_command(name: str) -> None:
    """Every command then has a path of its own."""

    @composition
    def plan(skus: tuple[Sku, ...]) -> Any:
        return each(skus, COMMANDS[name], key=lambda sku: sku)

    paths = [step.path for step in plan.trace.steps if isinstance(step, Call) and step.is_command]
    assert (len(paths), True) == (len(set(paths)), all("each(skus)" in path for path in paths))


def test_an_inner_each_names_its_items_too() -> None:
    """The key of an item is that of all the items around it."""

    def plan(carts: tuple[tuple[Sku, ...], ...]) -> Any:
        return each(carts, lambda skus: each(skus, put_in), key=lambda skus: skus)

    assert refused_at_import(plan).startswith("each() has a command")


def test_outcomes_are_named_by_their_keys() -> None:
    """They are distinct anyway."""

    @composition
    def plan(skus: tuple[Sku, ...]) -> Any:
        return outcomes(skus, put_in)

    assert ["outcomes(skus).put_in.put_line"] == [
        step.path for step in plan.trace.steps if isinstance(step, Call)
    ]


KEYS: dict[str, Callable[[Line], Any]] = {
    "a constant": lambda _: "a",
    "nothing of the item": lambda _: ("a", 1),
    "a step": lambda line: call(Catalog.product, line.sku).title,
    "a computation": lambda line: line.kind == "a",
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_is_made_of_the_item_alone(name: str) -> None:
    """It is known before anything is sent, and the same whenever the item is."""

    def plan(lines: tuple[Line, ...]) -> Any:
        return each(lines, lambda line: put_in(line.sku), key=KEYS[name])

    assert "the key of each() is not made of the item alone" in refused_at_import(plan)


def test_a_key_is_made_of_this_item() -> None:
    """What is outside of the body tells no items apart."""

    def plan(lines: tuple[Line, ...], sku: Sku) -> Any:
        return each(lines, lambda line: put_in(line.sku), key=lambda line: (line.sku, sku))

    assert "the key of each() is not made of the item alone" in refused_at_import(plan)


def test_a_key_may_be_of_several_fields() -> None:
    """A tuple of fields is a key."""

    @composition
    def plan(lines: tuple[Line, ...]) -> Any:
        return each(lines, lambda line: put_in(line.sku), key=lambda line: (line.sku, line.kind))

    data = plan.definition()["steps"][-1]["bodies"][0]["key"]
    assert ["sku", "kind"] == [part["fields"][0] for part in data["tuple"]]


class Desk(Contract, id="desk"):
    @get("/{sku}", raises=[CartFull])
    async def shown(self, sku: Sku) -> Cart:
        """Promise to change nothing."""
        raise NotImplementedError

    @post("/found/{sku}", raises=[CartFull], safe=True)
    async def found(self, sku: Sku) -> Cart:
        """Promise the same of a long read."""
        raise NotImplementedError

    @put("/{sku}", raises=[CartFull])
    async def set(self, sku: Sku) -> Cart:
        """Promise to change nothing more when repeated."""
        raise NotImplementedError

    @delete("/{sku}", raises=[CartFull])
    async def removed(self, sku: Sku) -> Cart:
        """Promise the same of a removal."""
        raise NotImplementedError

    @post("/again/{sku}", raises=[CartFull], idempotent=True)
    async def sent_again(self, sku: Sku) -> Cart:
        """Promise the same of any command."""
        raise NotImplementedError

    @post("/{sku}", raises=[CartFull])
    async def sent(self, sku: Sku) -> Cart:
        """Promise nothing."""
        raise NotImplementedError


@composition
def reads(sku: Sku) -> Cart:
    """Send no command."""
    return call(Carts.cart, sku)


@composition
def sets(sku: Sku) -> Cart:
    """Send a command that may be repeated."""
    return call(Carts.put_line, "c", sku)


@composition
def orders(sku: Sku) -> Cart:
    """Send a command that may not."""
    return call(Carts.order, sku)


@composition
def orders_seldom(sku: Sku) -> Cart:
    """Send it in some case of some item only."""
    cart = call(Carts.cart, sku)
    each(cart.skus, lambda one: when(one == "a", lambda: orders(one)), key=lambda one: one)
    return cart


PLANS = (reads, sets, orders, orders_seldom)
SERVED = {
    "shown": (reads,),
    "found": (reads,),
    "set": (reads, sets),
    "removed": (reads, sets),
    "sent_again": (reads, sets),
    "sent": PLANS,
}


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
@pytest.mark.parametrize("name", SERVED)
def test_a_plan_does_no_more_than_its_operation_promises(name: str, plan: Any) -> None:
    """Links repeat what is safe or idempotent, and callers share answers of what is safe."""
    operation = Desk.operations[name]
    refused = None
    try:
        check_served(plan, operation)
    except PlanError as error:
        refused = str(error)

    assert (plan in SERVED[name]) == (refused is None)
    if refused is not None:
        sent = "carts.put_line" if plan is sets else "carts.order"
        assert refused.startswith(f"{__file__}:")
        assert f"plan {plan.name} sends" in refused
        assert sent in refused
        assert f"; declare {operation.id} as @post" in refused


def test_a_service_that_commands_under_a_read_does_not_start() -> None:
    """It is said before anybody calls it."""
    served = serve(sets)

    class DeskService(Orchestrator, Desk):
        shown = served

    with pytest.raises(PlanError, match=r"desk.shown only reads.*sends the command carts.put_line"):
        DeskService(Composer(market(Told())))
