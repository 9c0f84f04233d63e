"""What a hand-written operation sends twice must be named, so that each has a key of its own."""
# mypy: disable-error-code="empty-body"

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any

import pytest

from maestri import clock
from maestri.composition import Composer, Orchestrator, serve
from maestri.context import Context, run_named, use_context
from maestri.contracts import Contract, get, post
from maestri.errors import CallError, ConnectFailed, Faulted
from maestri.links import Invoker, LocalLink, stub
from maestri.plans import call, composition
from tests.kernel.composition.effects import KeyedTold
from tests.kernel.plans.contract import Cart, CartFull, Carts, Sku
from tests.kernel.plans.market import FakeCarts

A, B = Sku("a"), Sku("b")


class Desk(Contract, id="desk"):
    """Does by hand what the test says."""

    @post("/work/{cart_id}")
    async def work(self, cart_id: str) -> None: ...

    @get("/look/{cart_id}")
    async def look(self, cart_id: str) -> None: ...

    @post("/fill/{sku}", raises=[CartFull])
    async def fill(self, sku: Sku) -> Cart: ...


@composition
def filled(sku: Sku) -> Cart:
    """A command."""
    return call(Carts.put_line, "c", sku)


@composition
def also_filled(sku: Sku) -> Cart:
    """The same command, in another plan."""
    return call(Carts.put_line, "c", sku)


@composition
def shown(cart_id: str) -> Cart:
    """A read."""
    return call(Carts.cart, cart_id)


class HandWritten(Orchestrator, Desk):
    """A desk, over carts."""

    def __init__(self, told: KeyedTold) -> None:
        self.carts = stub(Carts, LocalLink(Invoker(FakeCarts(told))))
        super().__init__(Composer({"carts": self.carts}))
        self.hand: Callable[[HandWritten], Awaitable[object]] = _nothing

    async def work(self, cart_id: str) -> None:
        await self.hand(self)

    async def look(self, cart_id: str) -> None:
        await self.hand(self)

    fill = serve(filled)


async def _nothing(desk: HandWritten) -> None:
    del desk


async def keys_of(
    told: KeyedTold, hand: Callable[[HandWritten], Awaitable[object]], *, key: str = "client"
) -> dict[str, str | None]:
    """Let a desk do what *hand* says, and return the key of each command."""
    told.keys.clear()
    desk = HandWritten(told)
    desk.hand = hand
    with use_context(Context(clock.now_s() + 10, "request", key=key)):
        await stub(Desk, LocalLink(Invoker(desk))).work("c")
    return told.commands()


async def twice_a_plan(desk: HandWritten) -> None:
    """Run one plan twice."""
    await desk.composer.run(filled, A)
    await desk.composer.run(filled, B)


async def twice_a_stub(desk: HandWritten) -> None:
    """Send one command twice."""
    await desk.carts.put_line("c", A)
    await desk.carts.put_line("c", B)


async def at_once_a_plan(desk: HandWritten) -> None:
    """Run one plan twice at the same time."""
    await asyncio.gather(desk.composer.run(filled, A), desk.composer.run(filled, B))


@pytest.mark.parametrize("hand", [twice_a_plan, twice_a_stub, at_once_a_plan])
async def test_a_second_unnamed_one_is_refused_before_it_is_sent(
    told: KeyedTold, hand: Callable[[HandWritten], Awaitable[object]]
) -> None:
    """Two commands would have one key: the second is Faulted, and nothing of it is sent."""
    with pytest.raises(Faulted, match="sent twice in one operation, and neither is named"):
        await keys_of(told, hand)

    assert "put_line:b" not in told.calls


async def test_named_runs_have_keys_of_their_own_in_any_order(told: KeyedTold) -> None:
    """The name of a run is part of its keys, and its place is not."""

    def named(skus: tuple[Sku, ...]) -> Callable[[HandWritten], Awaitable[object]]:
        async def hand(desk: HandWritten) -> None:
            for sku in skus:
                with run_named(sku):
                    await desk.composer.run(filled, sku)
                    await desk.carts.order(sku)

        return hand

    first = await keys_of(told, named((A, B)))
    again = await keys_of(told, named((B, A)))

    assert (4, first) == (len(set(first.values())), again)


@pytest.mark.parametrize(
    ("one", "other"),
    [(["a", "b"], ["a/b"]), (["a/b", "c"], ["a", "b/c"]), (["~1"], ["/"])],
)
async def test_a_name_says_how_it_is_nested(
    one: list[str], other: list[str], told: KeyedTold
) -> None:
    """What is in a name is no nesting."""

    async def hand(desk: HandWritten) -> None:
        for sku, names in ((A, one), (B, other)):
            with ExitStack() as stack:
                for name in names:
                    stack.enter_context(run_named(name))
                await desk.composer.run(filled, sku)

    keys = await keys_of(told, hand)

    assert 2 == len(set(keys.values()))


async def test_names_of_runs_nest(told: KeyedTold) -> None:
    """The same name inside two others is two names."""

    async def hand(desk: HandWritten) -> None:
        for outer in ("x", "y"):
            with run_named(outer), run_named("same"):
                await desk.composer.run(filled, Sku(outer))

    assert 2 == len(set((await keys_of(told, hand)).values()))


async def test_a_name_is_whatever_text_tells_runs_apart(told: KeyedTold) -> None:
    """One that looks like two within one another is another one."""

    async def hand(desk: HandWritten) -> None:
        for outer, inner in (("x", "y/z"), ("x/y", "z"), ("x~1y", "z"), ("x", "y~1z")):
            with run_named(outer), run_named(inner):
                await desk.composer.run(filled, Sku(f"{outer} {inner}"))

    assert 4 == len(set((await keys_of(told, hand)).values()))


@pytest.mark.parametrize("name", ["", None, 5])
async def test_a_name_is_a_text(name: Any) -> None:
    """Nothing, or a number that is no text in a key, tells nobody which run it is."""
    with pytest.raises(ValueError, match="give it a text, such as the id of the item"):
        run_named(name)


async def test_a_name_is_for_what_is_sent_in_it_alone(told: KeyedTold) -> None:
    """After the names, a first unnamed run is not the second of anything."""

    async def hand(desk: HandWritten) -> None:
        with run_named("x"):
            await desk.composer.run(filled, A)
        await desk.composer.run(filled, B)

    assert 2 == len(set((await keys_of(told, hand)).values()))


async def test_what_is_named_twice_alike_is_refused(told: KeyedTold) -> None:
    """A name that is given twice tells nothing apart."""

    async def hand(desk: HandWritten) -> None:
        for sku in (A, B):
            with run_named("x"):
                await desk.composer.run(filled, sku)

    with pytest.raises(Faulted, match="sent twice in one operation, and both named 'x'"):
        await keys_of(told, hand)

    assert ["put_line:a"] == told.calls


async def test_stubs_and_plans_have_keys_of_their_own(told: KeyedTold) -> None:
    """A command by a stub has not its operation's key, nor that of a plan with the same command."""

    async def hand(desk: HandWritten) -> None:
        await desk.composer.run(filled, A)
        await desk.composer.run(also_filled, B)
        await desk.carts.put_line("c", Sku("stub"))
        await desk.carts.order("c")

    found = await keys_of(told, hand)

    assert (4, 4, False) == (len(found), len(set(found.values())), "client" in found.values())


async def test_the_key_of_a_stub_is_the_same_when_it_is_sent_again(told: KeyedTold) -> None:
    """A request that is sent again makes the same keys, whatever else it does by now."""

    async def hand(desk: HandWritten) -> None:
        await desk.carts.put_line("c", A)

    async def with_more(desk: HandWritten) -> None:
        await desk.carts.cart("c")
        await desk.carts.order("c")
        await desk.carts.put_line("c", A)

    first = await keys_of(told, hand)
    again = await keys_of(told, with_more)

    assert first.items() <= again.items()


async def test_reads_need_no_names(told: KeyedTold) -> None:
    """A plan without commands, or a read, may be sent as often as one likes, without a key."""

    async def hand(desk: HandWritten) -> None:
        for _ in range(2):
            await desk.composer.run(shown, "x")
            await desk.carts.cart("x")

    await keys_of(told, hand)

    assert [("cart:x", None)] * 4 == told.keys


async def test_a_refused_second_run_may_be_handled(told: KeyedTold) -> None:
    """What was refused was not begun, so the operation may go on."""

    async def hand(desk: HandWritten) -> None:
        await desk.composer.run(filled, A)
        with pytest.raises(CallError):
            await desk.composer.run(filled, B)
        with run_named("second"):
            await desk.composer.run(filled, B)

    assert {"put_line:a", "put_line:b"} == set(await keys_of(told, hand))


async def test_two_requests_may_send_the_same(told: KeyedTold) -> None:
    """What was sent is known of one operation in progress, not of its service."""
    desk = HandWritten(told)
    desk.hand = lambda one: one.composer.run(filled, A)
    served = stub(Desk, LocalLink(Invoker(desk)))
    for key in ("one", "other"):
        with use_context(Context(clock.now_s() + 10, "request", key=key)):
            await served.work("c")

    assert 2 == len({key for _, key in told.keys})


async def test_keys_follow_from_each_other_through_levels(told: KeyedTold) -> None:
    """A callee's commands have the keys of the call that it was sent by."""
    desk = HandWritten(told)
    upper = stub(Desk, LocalLink(Invoker(desk)))

    async def fill(name: str) -> str | None:
        told.keys.clear()
        with use_context(Context(clock.now_s() + 10, "request", key="client")), run_named(name):
            await upper.fill(A)
        return told.keys[0][1]

    first, other, again = await fill("x"), await fill("y"), await fill("x")

    assert (first, False) == (again, first == other)


async def plan_of_an_operation_that_reads(desk: HandWritten) -> None:
    """Run a plan with a command."""
    await desk.composer.run(filled, A)


async def stub_of_an_operation_that_reads(desk: HandWritten) -> None:
    """Send a command."""
    await desk.carts.put_line("c", A)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("hand", [plan_of_an_operation_that_reads, stub_of_an_operation_that_reads])
async def test_an_operation_that_only_reads_may_send_no_command(
    told: KeyedTold, hand: Callable[[HandWritten], Awaitable[object]], strict: bool
) -> None:
    """Links repeat what only reads, so a command of it is Faulted before it is sent."""
    desk = HandWritten(told)
    desk.hand = hand

    with pytest.raises(Faulted, match="declared to only read"):
        await stub(Desk, LocalLink(Invoker(desk), strict=strict)).look("c")

    assert [] == told.calls


async def test_an_operation_that_only_reads_may_read(told: KeyedTold) -> None:
    """Plans and stubs that only read are served by what only reads."""
    desk = HandWritten(told)
    desk.hand = lambda one: asyncio.gather(one.composer.run(shown, "x"), one.carts.cart("y"))
    await stub(Desk, LocalLink(Invoker(desk))).look("c")

    assert ["cart:x", "cart:y"] == sorted(told.calls)


async def test_a_read_below_a_command_may_not_send_one_either(told: KeyedTold) -> None:
    """What only reads is called by a command as by anybody: it sends none."""

    class Upper(Contract, id="upper"):
        @post("/go")
        async def go(self) -> None: ...

    class Service(Upper):
        async def go(self) -> None:
            await lower.look("c")

    desk = HandWritten(told)
    desk.hand = stub_of_an_operation_that_reads
    lower = stub(Desk, LocalLink(Invoker(desk)))

    with pytest.raises(Faulted):
        await stub(Upper, LocalLink(Invoker(Service()))).go()

    assert [] == told.calls


async def test_a_command_below_a_read_below_nothing_is_sent(told: KeyedTold) -> None:
    """A command that a test or a job sends is of no operation, so nothing forbids it."""
    desk = HandWritten(told)
    told.failures = {"put_line:a": ConnectFailed()}
    with pytest.raises(ConnectFailed):
        await desk.composer.run(filled, A)

    assert ["put_line:a"] == told.calls
