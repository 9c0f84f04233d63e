"""A coroutine that is started at once behaves as in a task of asyncio's own, but for its start."""

import asyncio
import contextlib
import contextvars
import gc
import logging
from typing import Any

import pytest

from maestri import clock
from tests.kernel.links.starting import UNSET, Run, new_starter, start

VARIABLE: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="outside")


def test_what_returns_without_waiting_costs_no_task(run: Run) -> None:
    """The value is there at once, and no task has been made that anybody could see."""

    async def main() -> None:
        async def quick() -> int:
            return 7

        started = start(quick())

        assert (7, None, None) == (started.value, started.error, started.task)
        assert 1 == len(asyncio.all_tasks())

    run(main())


def test_what_raises_without_waiting_has_its_error_at_once(run: Run) -> None:
    """The exception is a value, for whoever started it."""

    async def main() -> None:
        async def broken() -> int:
            raise ZeroDivisionError

        started = start(broken())

        assert (UNSET, None) == (started.value, started.task)
        assert ZeroDivisionError is type(started.error)

    run(main())


def test_what_waits_becomes_a_task(run: Run) -> None:
    """From where it first waits it is a task like any: listed, awaited, with its result."""

    async def main() -> None:
        steps: list[str] = []
        go_on = asyncio.Event()

        async def slow() -> int:
            steps.append("before")
            await go_on.wait()
            steps.append("after")
            return 7

        started = start(slow())
        steps.append("started")
        go_on.set()

        assert (UNSET, None) == (started.value, started.error)
        assert started.task is not None
        assert started.task in asyncio.all_tasks()
        assert 7 == await started.task
        assert ["before", "started", "after"] == steps
        assert started.task not in asyncio.all_tasks()

    run(main())


def test_a_bare_yield_waits_for_the_next_round_of_the_loop(run: Run) -> None:
    """What gives way with sleep(0) goes on as soon as the others had their turn."""

    async def main() -> None:
        steps: list[str] = []

        async def yielding() -> str:
            for step in ("one", "two"):
                steps.append(step)
                await clock.sleep(0)
            return "end"

        started = start(yielding())
        steps.append("started")

        assert started.task is not None
        assert "end" == await started.task
        assert ["one", "started", "two"] == steps

    run(main())


def test_what_raises_after_waiting_is_an_exception_of_its_task(run: Run) -> None:
    """The exception is the task's, as of any task."""

    async def main() -> None:
        async def broken() -> int:
            await clock.sleep(0)
            raise ZeroDivisionError

        started = start(broken())

        assert started.task is not None
        with pytest.raises(ZeroDivisionError):
            await started.task

    run(main())


def test_the_current_task_is_its_own_before_and_after_it_waits(run: Run) -> None:
    """Inside it is not the task that started it, and that one is current again afterwards."""

    async def main() -> None:
        around = asyncio.current_task()
        seen: list[Any] = []

        async def looking() -> None:
            seen.append(asyncio.current_task())
            await clock.sleep(0)
            seen.append(asyncio.current_task())

        started = start(looking())

        assert around is asyncio.current_task()
        await asyncio.wait([started.task] if started.task else [])
        assert [started.task, started.task] == seen
        assert around is asyncio.current_task()

    run(main())


def test_the_current_task_is_restored_after_an_error(run: Run) -> None:
    """Whatever a first step raises, who started it is the current task again."""

    async def main() -> None:
        around = asyncio.current_task()

        async def broken() -> None:
            raise ZeroDivisionError

        start(broken())

        assert around is asyncio.current_task()

    run(main())


def test_one_may_start_another_in_its_first_step(run: Run) -> None:
    """Starts nest, and each has a task of its own."""

    async def main() -> None:
        async def inner() -> Any:
            task = asyncio.current_task()
            await clock.sleep(0)
            return task

        async def outer() -> tuple[Any, Any]:
            task = asyncio.current_task()
            started = start(inner())
            assert task is asyncio.current_task()
            assert started.task is not None
            return task, await started.task

        started = start(outer())

        assert started.task is not None
        outer_task, inner_task = await started.task
        assert (started.task, True) == (outer_task, inner_task is not outer_task)

    run(main())


def test_context_variables_do_not_leak_out(run: Run) -> None:
    """What is set inside stays inside, in the first step and after it; what was set is seen."""

    async def main() -> None:
        VARIABLE.set("around")
        seen: list[str] = []

        async def setting() -> None:
            seen.append(VARIABLE.get())
            VARIABLE.set("inside")
            await clock.sleep(0)
            seen.append(VARIABLE.get())

        async def quick() -> None:
            VARIABLE.set("quick")

        started = start(setting())
        start(quick())

        assert started.task is not None
        assert "around" == VARIABLE.get()
        await started.task
        assert (["around", "inside"], "around") == (seen, VARIABLE.get())

    run(main())


def test_it_is_cancelled_where_it_waits(run: Run) -> None:
    """A cancellation is raised at the await, which may clean up and wait for that."""

    async def main() -> None:
        steps: list[str] = []

        async def slow() -> None:
            try:
                await clock.sleep(60)
            except asyncio.CancelledError:
                await clock.sleep(0)
                steps.append("cleaned up")
                raise

        started = start(slow())
        assert started.task is not None
        started.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await started.task

        assert (["cleaned up"], True) == (steps, started.task.cancelled())

    run(main())


def test_it_may_swallow_its_cancellation(run: Run) -> None:
    """A coroutine that goes on after a cancellation ends with what it returns."""

    async def main() -> None:
        async def stubborn() -> int:
            with contextlib.suppress(asyncio.CancelledError):
                await clock.sleep(60)
            return 7

        started = start(stubborn())
        assert started.task is not None
        started.task.cancel()

        assert 7 == await started.task

    run(main())


def test_many_on_one_starter_are_independent(run: Run) -> None:
    """A starter may be used again and again, by what waits and by what does not."""

    async def main() -> None:
        starter = new_starter()

        async def numbered(number: int) -> int:
            for _ in range(number % 3):
                await clock.sleep(0)
            if number % 5 == 0:
                raise ZeroDivisionError
            return number

        started = [start(numbered(number), starter) for number in range(60)]
        tasks = [one.task for one in started if one.task is not None]
        await asyncio.wait(tasks)
        errors = [one.error for one in started if one.error is not None]
        values = [one.value for one in started if one.value is not UNSET]

        assert 40 == len({id(task) for task in tasks})
        assert (4, 16) == (len(errors), len(values))
        assert 8 == sum(task.exception() is not None for task in tasks)

    run(main())


def test_a_callback_is_called_when_it_ends(run: Run) -> None:
    """What waits for the end of the task learns of it, with the task."""

    async def main() -> None:
        ended: list[Any] = []
        started = start(clock.sleep(0))
        assert started.task is not None
        started.task.add_done_callback(ended.append)
        await started.task
        await clock.sleep(0)

        assert [started.task] == ended

    run(main())


def test_an_exception_that_nobody_looks_at_is_logged(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    """As asyncio does with tasks, so that no error is lost; one that was looked at is not."""

    async def main() -> None:
        async def broken() -> None:
            await clock.sleep(0)
            raise ZeroDivisionError

        for looked_at in (False, True):
            started = start(broken())
            assert started.task is not None
            await asyncio.wait([started.task])
            if looked_at:
                started.task.exception()
            del started
            gc.collect()

    with caplog.at_level(logging.ERROR, logger="asyncio"):
        run(main())

    assert ["exception was never retrieved"] == [
        record.getMessage().split("\n")[0].partition("Task ")[2] for record in caplog.records
    ]


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_what_ends_the_process_is_an_error_of_the_first_step(
    run: Run, error: type[BaseException]
) -> None:
    """An exit in a first step is raised, or handed over, and the starter's task goes on."""

    async def main() -> str:
        async def leaving() -> None:
            raise error

        try:
            started = start(leaving())
        except error:
            return "raised"
        return "raised" if isinstance(started.error, error) else "lost"

    assert "raised" == run(main())
