"""What a parser may cost: measured in steps of a plain loop, whatever the machine and its load."""

import gc
import time  # noqa: TID251 - what a thread used of the processor, no time of day
from collections.abc import Callable
from contextlib import suppress

from maestri.errors import CallError

TRIES = 5


def steps_per_byte(parse: Callable[[bytes], object], sent: bytes, *, enough: float) -> float:
    """
    Return the CPU time that *parse* takes for a byte of *sent*, in steps of an empty loop.

    A refusal is a result, too. Of five tries the cheapest counts; one of at most *enough* ends it.
    """
    cheapest = float("inf")
    for _ in range(TRIES):
        step_s = _cpu_s(lambda _: sum(1 for _ in range(len(sent))), sent)
        cheapest = min(cheapest, _cpu_s(parse, sent) / step_s)
        if cheapest <= enough:
            break
    return cheapest


def _cpu_s(work: Callable[[bytes], object], sent: bytes) -> float:
    gc.collect()
    begun_s = time.thread_time()
    with suppress(CallError):
        work(sent)
    return time.thread_time() - begun_s
