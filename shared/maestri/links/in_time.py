"""A call within the process ends at its deadline, whatever its callee does about that."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from maestri.context import Context
from maestri.errors import DeadlineExceeded
from maestri.links.eager_task import PENDING, StarterPool
from maestri.links.orphans import stop_tasks


async def in_time(
    starters: StarterPool, coroutine: Coroutine[Any, Any, Any], context: Context, operation: str
) -> Any:
    """
    Return what *coroutine* returns, if it does so before the deadline of *context*.

    What returns without waiting costs neither task nor timer.

    Raises:
        DeadlineExceeded: The time is over. The work was cancelled and left after a short grace.
    """
    starter = starters.acquire()
    with starter:
        result = starter.start(coroutine)
    task, loop = starter.task, starter.loop
    starters.release(starter)
    if result is not PENDING:
        return result
    waiter = loop.create_future()
    timer = loop.call_at(context.deadline_s, _wake, waiter)
    task.add_done_callback(lambda _: _wake(waiter))
    try:
        await waiter
        if task.done():
            return task.result()
    finally:
        timer.cancel()
        if not task.done():
            await stop_tasks({task: operation}, context)
    raise DeadlineExceeded("did not return in time")


def _wake(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)
