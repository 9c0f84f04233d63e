"""
What a plan costs in one process, over the same calls by ``asyncio.gather``.

Both sides call the same methods of the same objects: plain async methods that build one message of
strings and numbers and return it at once, without awaiting; in the second variant each awaits
``asyncio.sleep(0)`` once before that.

By hand:

- a page of four calls: ``gather`` of the four methods, then the message of the four answers;
- 24 single calls: ``tuple(await gather(*[method(sku) for sku in skus]))``, for both plans;
- one batch: ``await`` of the batch method with the 24 keys, and the tuple of the 24 values out of
  the mapping of outcomes that it returns.

By hand there are no deadlines, spans or checks. The plan has them: it runs in a context as a call
has, recorded as it is in a unit; a third variant shows what it costs unrecorded. A plan without
steps stands beside ``asyncio.sleep(0)``.

Processor time of this process (``time.process_time``) on uvloop, with the collector of garbage set
as in a unit. The two sides take turns in slices of a round, long enough to pay for their garbage;
the first turn is dropped. A ratio is the median of the ratios within each turn, its spread goes
from the first to the third quartile.
"""

import asyncio
import gc
import time  # noqa: TID251 - what is measured is processor time, which no test moves
from collections.abc import Awaitable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

import uvloop
from rich.table import Table

from benchmarks.load import Generator as LoadGenerator
from benchmarks.local_calls import (
    Pair,
    Work,
    YieldingServices,
    empty_plans,
    pairs,
)
from benchmarks.report import Report, Target, plain_table
from benchmarks.rounds import Settings, WrongResponse
from benchmarks.stub_store.services.service import StubServices
from maestri import clock
from maestri.context import Context, Recorder, new_id, use_context

SLICE = 0.04
"""Of a round's seconds."""
TURNS = 2
"""For each round."""
TIMEOUT_S = 3600.0
AT_ONCE = "at once"
MOST = {
    "a page of four calls": 2.0,
    "the same, served": 2.0,
    "each over 24, no batch": 2.0,
    "24 named calls": 2.0,
    "each over 24, one batch": 8.0,
    "a plan that returns its input": 8.0,
    "a plan that makes a message": 8.0,
}
"""Ratios that were promised, where callees return at once and everything is recorded."""


@dataclass
class Row:
    """One title in one variant, with µs per run in every turn."""

    variant: str
    title: str
    pair: Pair
    recorder: Recorder | None
    plan_us: list[float] = field(default_factory=list)
    by_hand_us: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """Plan over by hand, within each turn."""
        turns = zip(self.plan_us, self.by_hand_us, strict=True)
        return [plan / by_hand for plan, by_hand in turns]

    def numbers(self) -> dict[str, float]:
        """Return the medians, and the quartiles of the ratio."""
        low, middle, high = quantiles(self.ratios, n=4)
        return {
            "plan_us": median(self.plan_us),
            "by_hand_us": median(self.by_hand_us),
            "ratio": middle,
            "ratio_low": low,
            "ratio_high": high,
        }


async def run(settings: Settings, _: LoadGenerator, __: Path) -> Report:
    """Measure plans beside the same work by hand."""
    # The loop that runs the benchmarks is not the one that units run on.
    with _collecting_as_a_unit():
        rows = await asyncio.to_thread(uvloop.run, _measured(settings))
    numbers = {f"{row.title}, {row.variant}": row.numbers() for row in rows}
    targets = [
        Target(f"{row.title}: plan / by hand, CPU", MOST[row.title], row.numbers()["ratio"])
        for row in rows
        if row.variant == AT_ONCE
    ]
    title = "a plan in one process, over the same by hand"
    return Report("plans", title, [_table(rows)], {"rows": numbers}, targets)


@contextmanager
def _collecting_as_a_unit() -> Generator[None]:
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


async def _measured(settings: Settings) -> list[Row]:
    rows = _rows()
    slice_s = settings.seconds * SLICE
    for row in rows:
        given, wanted = await row.pair.plan(), await row.pair.by_hand()
        if row.title not in empty_plans() and given != wanted:
            raise WrongResponse(f"{row.title}: the plan returns {given}, not {wanted}")
    for turn in range(settings.rounds * TURNS + 1):
        for row in rows:
            with use_context(_context(row.recorder)):
                plan_us = await _us(row.pair.plan, slice_s)
                by_hand_us = await _us(row.pair.by_hand, slice_s)
            if turn:
                row.plan_us.append(plan_us)
                row.by_hand_us.append(by_hand_us)
    return rows


def _rows() -> list[Row]:
    prompt: Mapping[str, Pair] = {
        **pairs(StubServices()),
        **{title: Pair(plan, _sleep_0) for title, plan in empty_plans().items()},
    }
    yielding = pairs(YieldingServices())
    recorded = Recorder()
    variants: tuple[tuple[str, Mapping[str, Pair], Recorder | None], ...] = (
        (AT_ONCE, prompt, recorded),
        ("yielding once", yielding, recorded),
        ("at once, unrecorded", prompt, None),
    )
    return [
        Row(variant, title, pair, recorder)
        for variant, compared, recorder in variants
        for title, pair in compared.items()
    ]


def _sleep_0() -> Awaitable[None]:
    return asyncio.sleep(0)  # noqa: TID251 - the floor is the loop's own, not that of our clock


def _context(recorder: Recorder | None) -> Context:
    return Context(clock.now_s() + TIMEOUT_S, new_id(), recorder=recorder)


async def _us(work: Work, slice_s: float) -> float:
    began_s, count = time.process_time(), 0
    until_s = began_s + slice_s
    while time.process_time() < until_s:
        for _ in range(RUNS_BETWEEN_LOOKS):
            await work()
        count += RUNS_BETWEEN_LOOKS
    return (time.process_time() - began_s) / count * 1e6


RUNS_BETWEEN_LOOKS = 20
"""So many runs cost much more than a look at the clock."""


def _table(rows: list[Row]) -> Table:
    table = plain_table("CPU µs per run", "callees", "plan", "by hand", "ratio", "quartiles")
    for row in rows:
        numbers = row.numbers()
        table.add_row(
            row.title,
            row.variant,
            f"{numbers['plan_us']:.1f}",
            f"{numbers['by_hand_us']:.1f}",
            f"{numbers['ratio']:.2f}",
            f"{numbers['ratio_low']:.2f}-{numbers['ratio_high']:.2f}",
        )
    return table
