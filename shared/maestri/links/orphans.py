"""Work that was cancelled and goes on all the same: it is left alone, counted and logged."""

import asyncio
from collections.abc import Mapping
from typing import Any

from maestri import clock
from maestri.context import Context

GRACE_S = 0.1
"""So long cancelled work is waited for: it may have something to put in order."""


async def stop_tasks(tasks: "Mapping[asyncio.Task[Any], str]", context: Context) -> None:
    """
    Cancel tasks, and return when all have ended; at the latest after 0.1 s.

    A task that goes on then is an orphan: nobody waits for it, and what it does is lost. It is
    counted in the context's recorder and logged, by the operation that it carries.

    Args:
        tasks: With the id of the operation that each carries.
        context: Of the caller.
    """
    until_s, again = clock.now_s() + GRACE_S, None
    orphans = {task for task in tasks if not task.done()}
    while orphans:
        for orphan in orphans:
            orphan.cancel()
        try:
            _, orphans = await asyncio.wait(orphans, timeout=max(0.0, until_s - clock.now_s()))
            break
        except asyncio.CancelledError as cancelled:
            # Who is cancelled once more does not want to wait for what the first time began.
            again = cancelled
    for orphan in orphans:
        orphan.add_done_callback(_retrieve)
        if context.recorder is not None:
            context.recorder.orphaned(tasks[orphan], context.request_id)
    if again is not None:
        raise again


def _retrieve(orphan: "asyncio.Task[Any]") -> None:
    # What it raises in the end is no news: its operation was given up long ago.
    if not orphan.cancelled():
        orphan.exception()
