"""A plan cannot tell over which links its calls go, nor can its caller."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import pytest

from maestri import clock
from maestri.composition import Composer, Orchestrator, serve
from maestri.context import Context, run_named, use_context
from maestri.contracts import Contract, LeftOut, Message, get, parse_selection, post
from maestri.errors import (
    BoundExceeded,
    CallError,
    ConnectFailed,
    Faulted,
    NotExecuted,
    OutcomeUnknown,
)
from maestri.links import Invoker, LocalLink, http_link, link_of, stub
from maestri.plans import call, composition, each, left_out, named, optional, when
from maestri.server import application, running_server
from tests.kernel.composition.effects import KeyedTold
from tests.kernel.links.conftest import LINKS, client_named
from tests.kernel.plans.contract import Cart, CartFull, Carts, Pricing, Sku
from tests.kernel.plans.market import FakeCarts, FakePricing

pytestmark = pytest.mark.asyncio(loop_factories=["real"])

A, B = Sku("a"), Sku("b")
C = TypeVar("C", bound=Contract)
Linked = Callable[[type[C], C], Coroutine[Any, Any, C]]


class Shown(Message):
    prices: tuple[int, ...] | None
    left_out: LeftOut = ()


class Desk(Contract, id="linked_desk"):
    """Fills carts, by a plan and by hand, and shows prices of not too many products."""

    @post("/fill/{cart_id}", raises=[CartFull])
    async def fill(self, cart_id: str, skus: tuple[Sku, ...], order: bool) -> Cart:
        """Fill a cart, and order it perhaps."""
        raise NotImplementedError

    @post("/by_hand/{cart_id}", raises=[CartFull])
    async def by_hand(self, cart_id: str) -> None:
        """Fill a cart by hand."""
        raise NotImplementedError

    @get("/prices")
    async def prices(self, skus: tuple[Sku, ...]) -> tuple[int, ...]:
        """Show prices."""
        raise NotImplementedError


@composition
def fill(cart_id: str, skus: tuple[Sku, ...], order: bool) -> Cart:
    """Commands of items, and one in a body."""
    each(skus, lambda sku: call(Carts.put_line, cart_id, sku), key=lambda sku: sku)
    when(order, lambda: call(Carts.order, cart_id))
    return call(Carts.cart, cart_id)


@composition(items_max=2)
def prices(skus: tuple[Sku, ...]) -> tuple[int, ...]:
    """Prices of at most two products."""
    return each(skus, lambda sku: call(Pricing.price, sku).minor)


class DeskService(Orchestrator, Desk):
    """A desk over carts and prices."""

    def __init__(self, carts: Carts, pricing: Pricing) -> None:
        super().__init__(Composer({"carts": carts, "pricing": pricing}))
        self.carts = carts

    fill = serve(fill)
    prices = serve(prices)

    async def by_hand(self, cart_id: str) -> None:
        await self.carts.put_line(cart_id, A)
        with run_named("second"):
            await self.carts.put_line(cart_id, B)
        await self.composer.run(fill, cart_id, (A,), True)


@pytest.fixture(params=LINKS)
async def linked(request: pytest.FixtureRequest) -> AsyncGenerator[Linked[Any]]:
    """Return a function that gives a stub of a service, over every kind of link."""
    async with AsyncExitStack() as stack:

        async def link(contract: type[Any], service: Any) -> Any:
            invoker = Invoker(service, contract.__name__.lower())
            if request.param in {"local", "strict"}:
                return stub(contract, LocalLink(invoker, strict=request.param == "strict"))
            server = running_server(application([invoker]), "127.0.0.1", 0, drain_s=0.1)
            address = await stack.enter_async_context(server)
            transport = client_named(request.param)
            stack.push_async_callback(transport.aclose)
            return stub(
                contract, http_link(address, transport, component=contract.__name__.lower())
            )

        yield link


async def desk_of(linked: Linked[Any], told: KeyedTold) -> Desk:
    """Return a desk behind a link, over carts and prices behind links."""
    carts = await linked(Carts, FakeCarts(told))
    pricing = await linked(Pricing, FakePricing(told))
    desk: Desk = await linked(Desk, DeskService(carts, pricing))
    return desk


def local_desk(told: KeyedTold) -> Desk:
    """Return a desk that is called locally, over carts that are called locally."""
    carts = stub(Carts, LocalLink(Invoker(FakeCarts(told))))
    return stub(Desk, LocalLink(Invoker(DeskService(carts, FakePricing(told)))))


async def keys_of(desk: Desk, told: KeyedTold) -> list[tuple[str, str | None]]:
    """Send what has commands to a desk, and return their keys as the participant saw them."""
    told.keys.clear()
    with use_context(Context(clock.now_s() + 10, "request", key="client")):
        await desk.fill("c", (B, A), True)
        await desk.by_hand("d")
    return sorted(told.keys, key=str)


async def test_keys_are_the_same_over_every_link(linked: Linked[Any], told: KeyedTold) -> None:
    """What a participant is given to tell a repetition by does not depend on placement."""
    local = KeyedTold()
    expected = await keys_of(local_desk(local), local)
    found = await keys_of(await desk_of(linked, told), told)

    assert expected == found
    assert 7 == len({key for _, key in found if key is not None})


async def test_reads_of_a_plan_have_no_key_over_any_link(
    linked: Linked[Any], told: KeyedTold
) -> None:
    """A read below a command carries none."""
    found = await keys_of(await desk_of(linked, told), told)

    assert {None} == {key for one, key in found if one.startswith("cart:")}


async def test_a_bound_of_a_callee_arrives_as_such(linked: Linked[Any], told: KeyedTold) -> None:
    """BoundExceeded is the same class over every link, and a Faulted."""
    desk = await desk_of(linked, told)
    with (
        use_context(Context(clock.now_s() + 10, "request")),
        pytest.raises(BoundExceeded) as raised,
    ):
        await desk.prices((A, B, Sku("c")))

    assert (True, []) == (isinstance(raised.value, Faulted), told.calls)


async def test_a_bound_of_a_callee_may_be_done_without(
    linked: Linked[Any], told: KeyedTold
) -> None:
    """A part whose callee exceeds a bound is left out, and named."""

    @composition
    def shown(skus: tuple[Sku, ...]) -> Shown:
        return Shown(optional(call(Desk.prices, skus)), left_out())

    desk = await desk_of(linked, told)
    composer = Composer({"desk": desk})

    assert Shown(None, ("prices",)) == await composer.run(shown, (A, B, Sku("c")))
    assert Shown((100, 100)) == await composer.run(shown, (A, B))


@pytest.mark.parametrize(
    ("skus", "failures", "expected"),
    [
        ((A,), {"put_line": ConnectFailed()}, NotExecuted),
        ((A, B), {"put_line:b": ConnectFailed()}, OutcomeUnknown),
        ((A,), {"order": ConnectFailed()}, OutcomeUnknown),
        ((), {"order": ConnectFailed()}, NotExecuted),
        ((A,), {"cart": ConnectFailed()}, OutcomeUnknown),
        ((A,), {"put_line": Faulted()}, Faulted),
        ((A,), {"put_line": CartFull(lines_max=1)}, CartFull),
    ],
    ids=["first", "one_of_two", "second", "only", "read_after", "faulted", "refused"],
)
async def test_what_may_be_concluded_is_the_same_over_every_link(
    linked: Linked[Any],
    told: KeyedTold,
    skus: tuple[Sku, ...],
    failures: dict[str, BaseException],
    expected: type[CallError],
) -> None:
    """Nothing was done is said only where no command can have acted."""
    told.failures = failures
    desk = await desk_of(linked, told)
    with use_context(Context(clock.now_s() + 10, "request")), pytest.raises(expected):
        await desk.fill("c", skus, True)


async def test_a_selection_decides_about_no_command_over_any_link(
    linked: Linked[Any], told: KeyedTold
) -> None:
    """The same commands are sent below for a caller that needs nothing, or all."""
    link = link_of(await desk_of(linked, told))
    sent = []
    for text in (None, "skus"):
        told.keys.clear()
        selection = None if text is None else parse_selection(text)
        context = Context(clock.now_s() + 10, "request", key="client", selection=selection)
        await link.send(Desk.operations["fill"], ("c", (A,), True), context)
        sent.append(told.commands())

    assert sent[0] == sent[1]


async def test_equal_reads_are_one_call_over_every_link(
    linked: Linked[Any], told: KeyedTold
) -> None:
    """What is shared is shared before it is sent."""

    @composition
    def twice(skus: tuple[Sku, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return (
            each(skus, lambda sku: call(Pricing.price, sku).minor),
            named("again", each(skus, lambda sku: call(Pricing.price, sku).minor)),
        )

    pricing = await linked(Pricing, FakePricing(told))

    assert ((100, 100), (100, 100)) == await Composer({"pricing": pricing}).run(twice, (A, B))
    assert ["prices:a+b"] == told.calls
