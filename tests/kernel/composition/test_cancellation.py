"""A run that is cancelled, or left, leaves nothing behind; a callee's cancellation is its own."""

import asyncio
import random
from contextvars import ContextVar
from typing import Any

import pytest

from maestri import clock
from maestri.composition import Composer
from maestri.context import current, new_context, use_context
from maestri.contracts import LeftOut, Message
from maestri.errors import CallError, Faulted
from maestri.plans import (
    Plan,
    call,
    composition,
    compute,
    each,
    left_out,
    named,
    optional,
    outcomes,
    rescue,
    then,
)
from maestri.testing import run_in_virtual_time
from tests.kernel.composition.effects import KeyedTold
from tests.kernel.plans.contract import Brand, Carts, Catalog, Price, Pricing, Sku
from tests.kernel.plans.market import FakeCatalog, Told, market

A, B = Sku("a"), Sku("b")
RUNS = 300
NAMES = ("brand", "brand:x", "price", "prices", "products", "put_line")
VARIABLE: ContextVar[str] = ContextVar("variable", default="unset")


@composition
def alone(brand_id: str) -> Brand:
    """One call."""
    return call(Catalog.brand, brand_id)


@composition
def among_others(brand_id: str) -> tuple[Brand, Brand]:
    """A call among others."""
    return call(Catalog.brand, brand_id), named("other", call(Catalog.brand, "other"))


class Shown(Message):
    brand: Brand | None
    left_out: LeftOut = ()


@composition
def part(brand_id: str) -> Shown:
    """A call that may be missing."""
    return Shown(optional(call(Catalog.brand, brand_id)), left_out())


@composition
def part_among_others(brand_id: str) -> tuple[Shown, Brand]:
    """A call that may be missing, among others."""
    return part(brand_id), named("other", call(Catalog.brand, "other"))


def both(_: str) -> tuple[Sku, ...]:
    """Return two items."""
    return (A, B)


@composition
def everything(brand_id: str) -> tuple[Any, ...]:
    """Calls of every kind, at once and one after the other, in bodies and in parts."""
    brand = call(Catalog.brand, brand_id)
    skus = compute(both, brand_id)
    prices = each(skus, lambda sku: optional(call(Pricing.price, sku), timeout_s=0.5))
    found = outcomes(skus, lambda sku: call(Catalog.product, sku).title)
    later = then(brand.name, lambda name: named("maker", call(Catalog.brand, name)))
    shared = optional(named("shared", call(Catalog.brand, brand_id)), timeout_s=0.25)
    return brand, prices, found, later, shared, left_out()


@composition
def with_commands(brand_id: str) -> tuple[Any, ...]:
    """Commands of items, and reads after them."""

    def put(sku: Sku) -> Price:
        call(Carts.put_line, "c", sku)
        return call(Pricing.price, sku)

    prices = each(compute(both, brand_id), put, key=lambda sku: sku)
    return prices, call(Catalog.brand, brand_id)


class SlowCleanup(FakeCatalog):
    """A catalog whose brands take long, and a moment to clean up when they are cancelled."""

    def __init__(self) -> None:
        super().__init__(Told())
        self.log: list[tuple[str, str, float]] = []

    async def brand(self, brand_id: str) -> Brand:
        try:
            await clock.sleep(100)
        except asyncio.CancelledError:
            self.log.append(("cancelled", brand_id, clock.now_s()))
            await clock.sleep(0.08)
            self.log.append(("cleaned up", brand_id, clock.now_s()))
            raise
        raise AssertionError("is cancelled before")


def others() -> set[asyncio.Task[Any]]:
    """Return the tasks besides the current one."""
    found = asyncio.all_tasks()
    found.discard(asyncio.current_task())
    return found


async def cancelled_at(plan: Plan[[str], Any], moments_s: tuple[float, ...]) -> Any:
    """Cancel a run at some moments; return how it ended, when, and what its first call noted."""
    catalog = SlowCleanup()
    running = asyncio.ensure_future(Composer({"catalog": catalog}).run(plan, "x"))
    begun_s = clock.now_s()
    for moment_s in moments_s:
        await clock.sleep(begun_s + moment_s - clock.now_s())
        running.cancel()
    await asyncio.wait([running])
    left = others()
    noted = [(what, round(at_s - begun_s, 3)) for what, name, at_s in catalog.log if name == "x"]
    return running.cancelled(), round(clock.now_s() - begun_s, 3), noted, left


@pytest.mark.parametrize("moments_s", [(1.0,), (1.0, 1.04), (1.0, 1.04, 1.06), (0.0,), (0.0, 0.04)])
async def test_a_cancelled_call_ends_alike_alone_and_among_others(
    moments_s: tuple[float, ...],
) -> None:
    """A callee may clean up, a second cancellation ends that too, and then nothing is left."""
    first = await cancelled_at(alone, moments_s)

    assert first == await cancelled_at(among_others, moments_s)
    assert (True, set()) == (first[0], first[3])


async def test_a_run_is_cancelled_only_when_its_callees_have_ended() -> None:
    """Who sees that a run was cancelled knows that its calls are over."""
    ended = await cancelled_at(among_others, (1.0,))

    assert (True, 1.08, [("cancelled", 1.0), ("cleaned up", 1.08)], set()) == ended


class Sick(FakeCatalog):
    """A catalog that cancels its own work, at once or after a while."""

    def __init__(self, told: Told, after_s: float) -> None:
        super().__init__(told)
        self.after_s = after_s

    async def brand(self, brand_id: str) -> Brand:
        if brand_id != "x":
            return await super().brand(brand_id)
        if self.after_s:
            await clock.sleep(self.after_s)
        waiting = asyncio.get_running_loop().create_future()
        waiting.cancel()
        await waiting
        raise AssertionError("was cancelled")


@pytest.mark.parametrize("after_s", [0.0, 1.0])
@pytest.mark.parametrize("plan", [alone, among_others], ids=["alone", "among_others"])
async def test_a_callee_that_cancels_itself_has_faulted_everywhere(
    plan: Plan[[str], Any], after_s: float
) -> None:
    """A cancellation that nobody asked for is a fault of the callee, alone and among others."""
    with pytest.raises(Faulted, match="cancelled its own work"):
        await Composer({"catalog": Sick(Told(), after_s)}).run(plan, "x")

    task = asyncio.current_task()
    assert task is not None
    assert (0, set()) == (task.cancelling(), others())


@pytest.mark.parametrize("after_s", [0.0, 1.0])
async def test_a_part_that_cancels_itself_is_left_out(after_s: float) -> None:
    """It is handled as any fault, alone and among others."""
    composer = Composer({"catalog": Sick(Told(), after_s)})
    missing = Shown(None, ("brand",))

    assert missing == await composer.run(part, "x")
    assert missing == (await composer.run(part_among_others, "x"))[0]


@pytest.mark.parametrize("plan", [alone, among_others], ids=["alone", "among_others"])
async def test_a_callee_may_cancel_its_own_task(plan: Plan[[str], Any]) -> None:
    """The task of a call is its own: who started it is not cancelled with it."""

    class Quitting(FakeCatalog):
        async def brand(self, brand_id: str) -> Brand:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await clock.sleep(1.0)
            raise AssertionError("was cancelled")

    composer = Composer({"catalog": Quitting(Told())})
    with pytest.raises(Faulted):
        await composer.run(plan, "x")

    task = asyncio.current_task()
    assert task is not None
    assert 0 == task.cancelling()


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
@pytest.mark.parametrize("delay_s", [0.0, 1.0])
@pytest.mark.parametrize(
    "plan",
    [alone, among_others, part, part_among_others],
    ids=["alone", "among_others", "part", "part_among_others"],
)
def test_what_ends_the_process_passes_everywhere(
    plan: Plan[[str], Any], delay_s: float, error: type[BaseException]
) -> None:
    """An exit is handled by no part, and is raised whatever else runs."""

    class Leaving(FakeCatalog):
        async def brand(self, brand_id: str) -> Brand:
            if brand_id != "x":
                return await super().brand(brand_id)
            if delay_s:
                await clock.sleep(delay_s)
            raise error

    told = Told()
    told.delays = {"brand": 2.0}

    with pytest.raises(error):
        run_in_virtual_time(Composer({"catalog": Leaving(told)}).run(plan, "x"))


@pytest.mark.parametrize(
    "plan",
    [alone, among_others, part_among_others, everything, with_commands],
    ids=lambda plan: plan.name,
)
async def test_no_task_and_no_timer_is_left(plan: Plan[[str], Any]) -> None:
    """Whenever a run is cancelled, nothing of it goes on."""
    chance = random.Random(1)
    loop = asyncio.get_running_loop()
    for _ in range(RUNS // 5):
        told = Told()
        told.delays = {name: chance.choice([0.0, chance.random()]) for name in NAMES}
        running = asyncio.ensure_future(Composer(market(told)).run(plan, "x"))
        await clock.sleep(chance.choice([0.0, 2 * chance.random()]))
        running.cancel()
        await asyncio.wait([running])
        left, now_s = others(), clock.now_s()
        await clock.sleep(0)

        assert (set(), now_s) == (left, clock.now_s())
        assert [] == [timer for timer in loop._scheduled if not timer.cancelled()]  # type: ignore[attr-defined]


@pytest.mark.parametrize("plan", [among_others, everything, with_commands], ids=lambda p: p.name)
async def test_nothing_is_left_when_a_run_fails(plan: Plan[[str], Any]) -> None:
    """Whatever fails, and whenever, what else runs is cancelled before the error is raised."""
    chance, failed = random.Random(2), 0
    for _ in range(RUNS // 5):
        told = Told()
        told.delays = {name: chance.choice([0.0, chance.random()]) for name in NAMES}
        told.failures = {chance.choice(NAMES): Faulted()}
        try:
            await Composer(market(told)).run(plan, "x")
        except CallError:
            failed += 1

        assert set() == others()
    assert failed


async def test_a_run_that_is_given_up_by_a_timeout_is_over(told: KeyedTold) -> None:
    """asyncio.timeout around a run cancels it, and is told so as around any other work."""
    told.delays = {"brand": 60.0}
    plans: list[Plan[[str], Any]] = [alone, among_others, part]
    for plan in plans:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.0):
                await Composer(market(told)).run(plan, "x")

        assert set() == others()

    assert 3.0 == clock.now_s()


class Busy(FakeCatalog):
    """A catalog that does its work in tasks of its own, within a time of its own."""

    async def brand(self, brand_id: str) -> Brand:
        task = asyncio.current_task()
        assert task is not None
        async with asyncio.timeout(5.0), asyncio.TaskGroup() as group:
            names = [group.create_task(self._name(part)) for part in (brand_id, "x")]
        assert task is asyncio.current_task()
        return Brand("".join(name.result() for name in names), str(task.cancelling()))

    async def _name(self, name: str) -> str:
        await clock.sleep(1.0)
        return name


async def test_a_callee_may_use_tasks_and_timeouts(told: KeyedTold) -> None:
    """A call is in a task of its own from its first step on, alone and among others."""
    composer = Composer({"catalog": Busy(told)})
    found = await composer.run(among_others, "a")

    assert (Brand("ax", "0"), Brand("otherx", "0")) == found
    assert (Brand("ax", "0"), 2.0) == (await composer.run(alone, "a"), clock.now_s())


async def test_a_callee_that_is_late_by_its_own_timeout_has_faulted() -> None:
    """A timeout that a callee lets out is an exception of its own: it broke."""

    class Late(FakeCatalog):
        async def brand(self, brand_id: str) -> Brand:
            async with asyncio.timeout(1.0):
                await clock.sleep(60.0)
            raise AssertionError("was late")

    composer = Composer({"catalog": Late(Told())})
    plans: list[Plan[[str], Any]] = [alone, among_others]
    for plan in plans:
        with pytest.raises(Faulted):
            await composer.run(plan, "x")


async def test_the_context_of_a_call_stays_in_it(told: KeyedTold) -> None:
    """What a callee sets in context variables, and its own context, is not seen by its caller."""
    with use_context(new_context(identity="me")) as context:
        plans: list[Plan[[str], Any]] = [alone, among_others, everything]
        for plan in plans:
            await Composer(market(told)).run(plan, "x")

            assert context is current()


@pytest.mark.parametrize("delay_s", [0.0, 1.0])
@pytest.mark.parametrize("plan", [alone, among_others], ids=["alone", "among_others"])
async def test_the_variables_of_a_call_stay_in_it(plan: Plan[[str], Any], delay_s: float) -> None:
    """What a callee sets is gone when it returns, whether it waits or not."""

    class Setting(FakeCatalog):
        async def brand(self, brand_id: str) -> Brand:
            VARIABLE.set("inside")
            if delay_s:
                await clock.sleep(delay_s)
            return Brand(VARIABLE.get(), "IT")

    VARIABLE.set("outside")
    await Composer({"catalog": Setting(Told())}).run(plan, "x")

    assert "outside" == VARIABLE.get()


def test_a_run_outside_of_any_context_leaves_none() -> None:
    """After a run the next one begins with a new context."""

    async def main() -> tuple[str, str]:
        composer = Composer(market(Told()))
        await composer.run(alone, "x")
        return current().request_id, current().request_id

    one, other = run_in_virtual_time(main())

    assert one != other


DEPTH = 12


def nested(depth: int) -> Plan[[str], Any]:
    """Return a plan of bodies in bodies."""

    def body(name: str, left: int) -> Any:
        if not left:
            return call(Catalog.brand, name)
        return then(name, lambda inner: each((inner,), lambda one: body_in(one, left)))

    def body_in(name: str, left: int) -> Any:
        return body(name, left - 2)

    @composition
    def deep(name: str) -> Any:
        return body(name, depth)

    return deep


async def test_bodies_may_be_nested_deeply(told: KeyedTold) -> None:
    """What is in many bodies runs, and fails, and is handled, as outside."""
    plan = nested(DEPTH)
    found = await Composer(market(told)).run(plan, "x")
    for _ in range(DEPTH // 2):
        (found,) = found

    assert Brand("Name x", "IT") == found


async def test_long_chains_and_many_items_need_no_deep_stack(told: KeyedTold) -> None:
    """Hundreds of steps after each other, and a thousand items at once, are no recursion."""

    @composition
    def long(name: str, items: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        for _ in range(200):
            name = longer(name)
        return name, each(items, lambda item: call(Catalog.brand, item).name)

    found, names = await Composer(market(told)).run(long, "x", ("y",) * 1000)

    assert ("x" + "." * 200, 1000) == (found, len(names))


def longer(name: str) -> str:
    """Return a step after another."""
    return compute(with_a_dot, name)


def with_a_dot(name: str) -> str:
    """Return a longer name."""
    return f"{name}."


async def test_a_fault_of_one_run_is_none_of_another(told: KeyedTold) -> None:
    """Runs at the same time share nothing: one is cancelled, and the other ends."""
    told.delays = {"brand": 2.0}
    composer = Composer(market(told))
    one = asyncio.ensure_future(composer.run(among_others, "x"))
    other = asyncio.ensure_future(composer.run(among_others, "x"))
    await clock.sleep(1.0)
    one.cancel()
    await asyncio.wait([one, other])

    assert (True, False) == (one.cancelled(), other.cancelled())
    assert 4 == len(told.calls)


async def test_a_handled_cancellation_is_no_cancellation(told: KeyedTold) -> None:
    """A rescue of a callee that cancelled itself goes on as of any fault."""

    @composition
    def rescued(brand_id: str) -> Brand:
        brand = call(Catalog.brand, brand_id)
        return rescue(brand, {Faulted: lambda: call(Catalog.brand, "other")})

    found = await Composer({"catalog": Sick(told, 1.0)}).run(rescued, "x")

    assert Brand("Name other", "IT") == found


async def test_a_run_that_never_began_sends_nothing(told: KeyedTold) -> None:
    """A task that is cancelled before its first step does not call anybody."""
    running = asyncio.ensure_future(Composer(market(told)).run(among_others, "x"))
    running.cancel()
    await asyncio.wait([running])

    assert (True, []) == (running.cancelled(), told.calls)


class Reentrant(FakeCatalog):
    """A catalog whose brands are made by runs of the composer that asks for them."""

    def __init__(self, told: Told) -> None:
        super().__init__(told)
        self.composer = Composer({"catalog": self})

    async def brand(self, brand_id: str) -> Brand:
        if len(brand_id) > 3:
            await clock.sleep(1.0 if brand_id.startswith("o") else 0.0)
            return Brand(brand_id, "IT")
        found: tuple[Brand, Brand] = await self.composer.run(among_others, f"{brand_id}{brand_id}")
        return found[0]


async def test_a_callee_may_run_plans_of_its_callers_composer() -> None:
    """Runs of one composer nest, in the first step of a call and after it."""
    composer = Reentrant(Told()).composer
    found = await composer.run(among_others, "x")

    assert ("xxxx", "other", 1.0) == (found[0].name, found[1].name, clock.now_s())
    assert set() == others()


def test_a_composer_may_be_used_on_one_loop_after_the_other() -> None:
    """What a composer keeps of a run is of no loop that has ended."""
    composer = Composer(market(Told()))
    names = [run_in_virtual_time(composer.run(among_others, name))[0].name for name in "xyz"]

    assert ["Name x", "Name y", "Name z"] == names
