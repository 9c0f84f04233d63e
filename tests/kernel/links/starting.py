"""Coroutines that are started at once, on loops of each kind."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

import uvloop

from maestri import clock
from maestri.links.eager_task import PENDING, EagerStarter

UNSET: Any = object()
"""No value, not even None."""

Run = Callable[[Coroutine[Any, Any, Any]], Any]

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}


class Started(NamedTuple):
    """What became of a coroutine: a value, an error, or a task that carries it on."""

    value: Any = UNSET
    error: BaseException | None = None
    task: Any = None


def new_starter() -> EagerStarter:
    """Return a starter for the running loop."""
    return EagerStarter(asyncio.get_running_loop())


def start(coroutine: Coroutine[Any, Any, Any], starter: EagerStarter | None = None) -> Started:
    """Start a coroutine on the running loop."""
    with starter or new_starter() as entered:
        try:
            value = entered.start(coroutine)
        except BaseException as error:  # noqa: BLE001 - the tests look at it
            return Started(error=error)
        return Started(task=entered.task) if value is PENDING else Started(value)


async def later(value: Any) -> Any:
    """Return *value* in the next round of the loop."""
    await clock.sleep(0)
    return value
