"""
Run many random programs; ``make fuzz N=20000 SEED=1`` does.

Every seed from SEED on is one program, so a seed that is printed can be run again by itself.
Without a SEED the first is drawn.
"""

import logging
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from random import SystemRandom

from maestri import clock
from tests.kernel.composition.random_programs.reporting import report_of

CHUNK = 50
SHOWN_EVERY = 1_000
REPORTS_MAX = 10


def main(count: int, first: int) -> int:
    """Run *count* programs from the seed *first* on; return how many failed."""
    print(f"{count} random programs, seeds {first} to {first + count - 1}")
    started_ns, failed = clock.perf_ns(), 0
    with ProcessPoolExecutor(os.cpu_count(), initializer=_quieten) as pool:
        seeds = range(first, first + count)
        for done, report in enumerate(pool.map(report_of, seeds, chunksize=CHUNK), 1):
            if report is not None:
                failed += 1
                if failed <= REPORTS_MAX:
                    print(report)
            if done % SHOWN_EVERY == 0 or done == count:
                rate = done / ((clock.perf_ns() - started_ns) / 1e9)
                print(f"{done} run, {failed} failed, {rate:.0f} a second", flush=True)
    return failed


def _quieten() -> None:
    # What breaks on purpose is logged by the kernel, and says nothing here.
    logging.disable(logging.CRITICAL)


if __name__ == "__main__":
    drawn = SystemRandom().randrange(1_000_000_000)
    given = [int(argument) for argument in sys.argv[1:] if argument]
    sys.exit(min(1, main(given[0], given[1] if len(given) > 1 else drawn)))
