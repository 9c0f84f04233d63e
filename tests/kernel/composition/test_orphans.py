"""A callee that goes on when it is cancelled holds nobody up: it is left, counted and logged."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from maestri import clock
from maestri.composition import Composer
from maestri.context import Recorder, new_context, use_context
from maestri.errors import CallError, DeadlineExceeded
from maestri.links import GRACE_S, link_of, stub
from maestri.plans import Plan, call, composition, left_out, optional
from maestri.testing import run_in_virtual_time
from tests.kernel.composition.test_cancellation import Shown, alone, among_others, part
from tests.kernel.plans.contract import Brand, Catalog
from tests.kernel.plans.market import FakeCatalog, Told


class Stubborn(FakeCatalog):
    """A catalogue that goes on when it is cancelled, as code does that catches too much."""

    def __init__(self, told: Told) -> None:
        super().__init__(told)
        self.finished = 0

    async def brand(self, brand_id: str) -> Brand:
        """Return the brand after six seconds, whatever happens."""
        until_s = clock.now_s() + 6.0
        while (left_s := until_s - clock.now_s()) > 0:
            with contextlib.suppress(asyncio.CancelledError):
                await clock.sleep(left_s)
        self.finished += 1
        return await super().brand(brand_id)


@composition
def impatient(brand_id: str) -> Shown:
    """A part that may take 0.3 s."""
    return Shown(optional(call(Catalog.brand, brand_id), timeout_s=0.3), left_out())


@pytest.mark.parametrize(
    ("plan", "deadline_s", "took_s", "outcome"),
    [
        (alone, 2.0, 2.0, DeadlineExceeded),
        (among_others, 2.0, 2.0, DeadlineExceeded),
        (impatient, 2.0, 0.3, Shown),
        (part, 2.0, 1.7, Shown),
    ],
    ids=["a required step", "several", "a part with a time", "a part without one"],
)
def test_a_callee_that_swallows_its_cancellation_is_left(
    plan: Plan[[str], Any], deadline_s: float, took_s: float, outcome: type[Any], caplog: Any
) -> None:
    """A run ends in time, whatever its callees do; what goes on is counted and logged."""

    async def run() -> tuple[float, type[Any], Counter[str], int]:
        told, recorder = Told(), Recorder()
        catalog = Stubborn(told)
        composer = Composer({"catalog": catalog})
        began_s = clock.now_s()
        with use_context(new_context(deadline_s=began_s + deadline_s, recorder=recorder)):
            try:
                result = type(await composer.run(plan, "a"))
            except CallError as error:
                result = type(error)
        return clock.now_s() - began_s, result, recorder.orphans, catalog.finished

    elapsed_s, result, orphans, finished = run_in_virtual_time(run())

    assert (outcome, 0) == (result, finished)
    assert took_s <= elapsed_s <= took_s + 2 * GRACE_S
    assert {"catalog.brand"} == set(orphans)
    assert "goes on although it was cancelled" in caplog.text


def test_a_callee_of_hand_written_code_is_left_in_time_too() -> None:
    """A stub of what runs in this process gives up at the deadline, as one over a network does."""

    async def run() -> float:
        catalog = stub(Catalog, link_of(Stubborn(Told())))
        began_s = clock.now_s()
        with (
            use_context(new_context(deadline_s=began_s + 2.0)),
            pytest.raises(DeadlineExceeded),
        ):
            await catalog.brand("a")
        return clock.now_s() - began_s

    assert 2.0 <= run_in_virtual_time(run()) <= 2.0 + 2 * GRACE_S


def test_a_cancelled_caller_does_not_wait_for_a_callee_that_goes_on() -> None:
    """Who cancels a run, or a call of hand-written code, gets on after a short grace."""

    async def run() -> list[float]:
        catalog = stub(Catalog, link_of(Stubborn(Told())))
        composer = Composer({"catalog": catalog})
        calls: tuple[Callable[[], Awaitable[Brand]], ...] = (
            lambda: composer.run(alone, "a"),
            lambda: catalog.brand("a"),
        )
        took_s = []
        for made in calls:
            began_s = clock.now_s()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1.0):
                    await made()
            took_s.append(clock.now_s() - began_s)
        return took_s

    assert [1.0, 1.0] == pytest.approx(run_in_virtual_time(run()), abs=2 * GRACE_S)
