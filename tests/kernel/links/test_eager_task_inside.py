"""What is started at once may use all of asyncio, in its first step as in any other."""

import asyncio
from typing import Any

import pytest

from maestri import clock
from tests.kernel.links.starting import UNSET, Run, later, start


def test_a_timeout_works_in_the_first_step(run: Run) -> None:
    """asyncio.timeout finds its task, cancels it in time, and takes its cancellation back."""

    async def main() -> None:
        async def bounded() -> tuple[str, int]:
            task = asyncio.current_task()
            assert task is not None
            try:
                async with asyncio.timeout(0.001):
                    await clock.sleep(60)
            except TimeoutError:
                return "late", task.cancelling()
            return "in time", task.cancelling()

        async def at_once() -> str:
            return "in time"

        async def quick() -> str:
            async with asyncio.timeout(60):
                return await at_once()

        started, in_time = start(bounded()), start(quick())

        assert started.task is not None
        assert ("late", 0) == await started.task
        assert "in time" == in_time.value

    run(main())


def test_a_timeout_that_has_passed_cancels_the_first_await(run: Run) -> None:
    """A limit in the past is kept in the first step, too: its await is cancelled."""

    async def main() -> None:
        async def late() -> str:
            try:
                async with clock.timeout_at(clock.now_s() - 1.0):
                    await clock.sleep(60)
            except TimeoutError:
                return "late"
            return "in time"

        started = start(late())

        assert started.task is not None
        assert "late" == await started.task

    run(main())


def test_a_task_group_works_in_the_first_step(run: Run) -> None:
    """A group waits for its tasks, and the first that breaks cancels the others."""

    async def main() -> None:
        async def grouped() -> list[int]:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(later(number)) for number in range(3)]
            return [task.result() for task in tasks]

        async def breaking() -> str:
            ended = "went on"

            async def broken() -> None:
                raise ZeroDivisionError

            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(broken())
                    await clock.sleep(60)
            except* ZeroDivisionError:
                ended = "broke"
            return ended

        started, broken = start(grouped()), start(breaking())

        assert started.task is not None
        assert broken.task is not None
        assert ([0, 1, 2], "broke") == (await started.task, await broken.task)

    run(main())


def test_gather_wait_for_and_shield_work_in_the_first_step(run: Run) -> None:
    """What asyncio waits with finds a task around it."""

    async def main() -> None:
        async def waiting() -> tuple[Any, ...]:
            both = await asyncio.gather(later(1), later(2))
            one = await asyncio.wait_for(later(3), 60)
            return (*both, one, await asyncio.shield(later(4)))

        started = start(waiting())

        assert started.task is not None
        assert (1, 2, 3, 4) == await started.task

    run(main())


def test_locks_and_queues_work_in_the_first_step(run: Run) -> None:
    """What hands over between tasks does so between these."""

    async def main() -> None:
        lock, queue = asyncio.Lock(), asyncio.Queue[int]()

        async def first() -> None:
            async with lock:
                await queue.put(await later(1))

        async def second() -> int:
            async with lock:
                return await queue.get()

        one, other = start(first()), start(second())

        assert one.task is not None
        assert other.task is not None
        await one.task
        assert 1 == await other.task

    run(main())


def test_who_cancels_itself_and_waits_is_cancelled_there(run: Run) -> None:
    """A first step may cancel its own task: it is cancelled at its next await."""

    async def main() -> None:
        steps: list[str] = []

        async def giving_up() -> None:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            steps.append("asked")
            await clock.sleep(60)
            steps.append("slept")

        started = start(giving_up())

        assert started.task is not None
        with pytest.raises(asyncio.CancelledError):
            await started.task
        assert ["asked"] == steps

    run(main())


def test_who_cancels_itself_and_yields_is_cancelled_there(run: Run) -> None:
    """The same where it only gives way."""

    async def main() -> None:
        async def giving_up() -> None:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await clock.sleep(0)

        started = start(giving_up())

        assert started.task is not None
        with pytest.raises(asyncio.CancelledError):
            await started.task

    run(main())


def test_who_cancels_itself_and_returns_is_cancelled(run: Run) -> None:
    """A cancellation that found no await is there at the end, as in any task."""

    async def main() -> None:
        async def giving_up() -> int:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            return 7

        started = start(giving_up())
        again = start(later("fine"))

        assert (UNSET, asyncio.CancelledError) == (started.value, type(started.error))
        assert again.task is not None
        assert "fine" == await again.task

    run(main())


def test_who_raises_a_cancellation_has_it_as_its_error(run: Run) -> None:
    """A coroutine that ends with CancelledError in its first step was cancelled, by itself."""

    async def main() -> None:
        async def cancelled() -> None:
            raise asyncio.CancelledError

        assert asyncio.CancelledError is type(start(cancelled()).error)

    run(main())


def test_what_waits_for_no_future_is_told_so(run: Run) -> None:
    """A coroutine that yields what asyncio does not know has a RuntimeError."""

    class Odd:
        def __await__(self) -> Any:
            yield "odd"

    async def main() -> None:
        async def odd() -> None:
            await Odd()

        started = start(odd())

        assert started.task is not None
        with pytest.raises(RuntimeError):
            await started.task

    run(main())


def test_a_future_of_its_own_loop_wakes_it(run: Run) -> None:
    """What waits for a bare future goes on with its result, or its exception."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        good, bad = loop.create_future(), loop.create_future()

        async def waiting(future: asyncio.Future[int]) -> int:
            return await future

        started, failing = start(waiting(good)), start(waiting(bad))
        good.set_result(7)
        bad.set_exception(ZeroDivisionError())

        assert started.task is not None
        assert failing.task is not None
        assert 7 == await started.task
        with pytest.raises(ZeroDivisionError):
            await failing.task

    run(main())


def test_a_future_that_is_done_does_not_wait(run: Run) -> None:
    """Awaiting what is there already costs no task."""

    async def main() -> None:
        future = asyncio.get_running_loop().create_future()
        future.set_result(7)

        async def waiting() -> int:
            found: int = await future
            return found

        assert 7 == start(waiting()).value

    run(main())
