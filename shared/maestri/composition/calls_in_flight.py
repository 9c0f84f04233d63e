"""The calls of one run that were sent and not yet answered: one task each, so many at a time."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from maestri.composition.frame import Failure
from maestri.context import Context
from maestri.contracts import Operation
from maestri.errors import CallError, DeadlineExceeded, Faulted, NotExecuted, NoTimeLeft
from maestri.links import Link, caller_fault

Ended = Callable[[Any], None]


class Sending:
    """
    One call, from the moment when it is due.

    Attributes:
        limit_s: When it is cut off, on the loop's clock; None leaves that to the link.
        ended: Called with the answer, or a Failure.
        late: Whether it was cut off.
        task: What carries it, once it has been started.
    """

    __slots__ = ("arguments", "context", "ended", "late", "limit_s", "link", "operation", "task")

    def __init__(
        self,
        link: Link,
        operation: Operation,
        arguments: tuple[Any, ...],
        context: Context,
        limit_s: float | None,
        ended: Ended,
    ) -> None:
        self.link = link
        self.operation = operation
        self.arguments = arguments
        self.context = context
        self.limit_s = limit_s
        self.ended = ended
        self.late = False
        self.task: asyncio.Task[None] | None = None


class CallsInFlight:
    """
    Send calls, at most *in_flight_max* at a time; the others wait in order.

    Attributes:
        sent: How many were sent.
        may_have_acted: Whether a command was sent of which it is not certain that it did nothing.
    """

    def __init__(self, in_flight_max: int) -> None:
        self.sent = 0
        self._in_flight_max = in_flight_max
        self._queue: deque[Sending] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._arrived: deque[tuple[Sending, Any]] = deque()
        self._wake: asyncio.Future[None] | None = None
        self._broken: BaseException | None = None
        self._commands = 0
        self._acted = False
        self._stopping = False

    @property
    def may_have_acted(self) -> bool:
        """Tell whether "certainly nothing was done" can no longer be said."""
        return self._acted or self._commands > 0

    @property
    def busy(self) -> bool:
        """Tell whether a call waits, runs, or has an answer that was not handed on."""
        return bool(self._queue or self._tasks or self._arrived)

    def add(self, sending: Sending) -> None:
        """Send a call as soon as there is room."""
        self._queue.append(sending)

    async def wait(self) -> None:
        """Send what is due and hand on what has been answered, one at least."""
        if not self._tasks and len(self._queue) == 1 and self._queue[0].limit_s is None:
            # Nothing could happen meanwhile: no task is needed.
            sending = self._queue.popleft()
            sending.ended(await self._answer_to(sending))
            return
        self._start_tasks()
        assert self._tasks or self._arrived, "nothing runs, so nothing can arrive"
        if not self._arrived:
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake
        if self._broken is not None:
            raise self._broken
        while self._arrived:
            sending, answer = self._arrived.popleft()
            sending.ended(answer)

    async def stop(self) -> None:
        """Cancel what runs and return when nothing does."""
        self._stopping = True
        self._queue.clear()
        if self._tasks:
            tasks = tuple(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _start_tasks(self) -> None:
        loop = asyncio.get_running_loop()
        while self._queue and len(self._tasks) < self._in_flight_max:
            sending = self._queue.popleft()
            timer = None
            if sending.limit_s is not None:
                timer = loop.call_at(sending.limit_s, _cut_off, sending)
            self._tasks.add(asyncio.Task(self._carry(sending, timer), loop=loop))

    async def _carry(self, sending: Sending, timer: asyncio.TimerHandle | None) -> None:
        task = asyncio.current_task()
        assert task is not None
        sending.task = task
        try:
            self._arrived.append((sending, await self._answer_to(sending)))
        except asyncio.CancelledError:
            if self._stopping:
                raise
            self._arrived.append((sending, Failure(_given_up(sending))))
        except BaseException as error:  # noqa: BLE001 - the run raises it, as soon as it is awake
            self._broken = error
        finally:
            self._tasks.discard(task)
            if timer is not None:
                timer.cancel()
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def _answer_to(self, sending: Sending) -> Any:
        if sending.late:
            return Failure(NoTimeLeft("its time was over", operation=sending.operation.id))
        self.sent += 1
        if not sending.operation.safe:
            return await self._answer_to_command(sending)
        try:
            return await sending.link.send(sending.operation, sending.arguments, sending.context)
        except CallError as error:
            return Failure(caller_fault(error, sending.operation))

    async def _answer_to_command(self, sending: Sending) -> Any:
        self._commands += 1
        acted = True
        try:
            return await sending.link.send(sending.operation, sending.arguments, sending.context)
        except CallError as error:
            acted = not isinstance(error, NotExecuted)
            return Failure(caller_fault(error, sending.operation))
        finally:
            self._commands -= 1
            self._acted |= acted


def _cut_off(sending: Sending) -> None:
    sending.late = True
    if sending.task is not None:
        sending.task.cancel()


def _given_up(sending: Sending) -> CallError:
    operation = sending.operation.id
    if sending.late:
        return DeadlineExceeded(
            "did not answer within the time of its optional part", operation=operation
        )
    return Faulted("the callee cancelled its own work", operation=operation)
