"""The calls of one run that were sent and have not ended: so many at a time, none too long."""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from maestri import clock
from maestri.composition.faults import broke
from maestri.composition.frame import Failure
from maestri.context import Context
from maestri.contracts import Operation
from maestri.errors import BoundExceeded, CallError, DeadlineExceeded, Faulted, NoTimeLeft
from maestri.links import (
    GRACE_S,
    PENDING,
    EagerStarter,
    Link,
    StarterPool,
    caller_fault,
    send_call,
    stop_tasks,
)

EXPECTED_WAITS = 255
"""After a call that waited, so many of the same step are expected to wait, too."""


class Request:
    """
    One call, from the moment when it is due.

    Attributes:
        deadline_s: Until when somebody waits for it, on the loop's clock; None: as long as the run.
        waiters: Who waits for it, as the sender sees it; passed on to *ended* untouched.
        ended: Called with who waits for it and the result, or a Failure.
        link, context: How it is sent.
        expected_waits, step_index: How many more calls of each step are expected to wait, and its
            own step among them.
        launched: Whether it was sent.
        task: What carries it, if it waits.
        abandoned: Whether it was cancelled because nobody waits for it any more.
        stopped: To be called when that has ended it.
    """

    __slots__ = (
        "abandoned",
        "arguments",
        "context",
        "deadline_s",
        "ended",
        "expected_waits",
        "launched",
        "link",
        "operation",
        "step_index",
        "stopped",
        "task",
        "waiters",
    )
    link: Link
    context: Context
    expected_waits: bytearray
    step_index: int

    def __init__(
        self,
        operation: Operation,
        arguments: tuple[Any, ...],
        deadline_s: float | None,
        waiters: Any,
        ended: Callable[[Any, Any], None],
    ) -> None:
        self.operation = operation
        self.arguments = arguments
        self.deadline_s = deadline_s
        self.waiters = waiters
        self.ended = ended
        self.task: asyncio.Task[Any] | None = None
        self.launched = False
        self.abandoned = False
        self.stopped: Callable[[], None] | None = None


UnsharedCall = tuple[
    Link, Operation, tuple[Any, ...], Context, Any, Callable[[Any, Any], None], bytearray, int
]
"""A call that nobody shares and nobody gives up: a Request's fields, at a third of its cost."""


class CallsInFlight:
    """
    Send calls, at most *in_flight_max* at a time; the others wait in order.

    A call that returns without waiting costs no task: it is started at once, up to where it waits.
    If it does, the next EXPECTED_WAITS calls of the same step are given a task from the beginning,
    which costs less; then one is tried again. No result is delivered while calls are started:
    ``advance`` first starts all that are due, then delivers what has arrived. So the calls of one
    moment are all sent, whichever of them fails.

    Attributes:
        sent: How many were sent.
    """

    __slots__ = (
        "_arrived",
        "_broken",
        "_calls_max",
        "_context",
        "_deadline_s",
        "_in_flight_max",
        "_made_tasks",
        "_queue",
        "_running",
        "_starters",
        "_stopping",
        "_timed",
        "_timers",
        "_wake",
        "sent",
    )

    def __init__(
        self,
        in_flight_max: int,
        calls_max: int | None,
        starters: StarterPool,
        context: Context,
    ) -> None:
        self.sent = 0
        self._context = context
        self._deadline_s = context.deadline_s
        self._in_flight_max = in_flight_max
        self._calls_max = calls_max
        self._queue: deque[Request | UnsharedCall] = deque()
        self._running: set[Request] = set()
        self._arrived: deque[tuple[Callable[[Any, Any], None], Any, Any]] = deque()
        self._wake: asyncio.Future[None] | None = None
        self._broken: BaseException | None = None
        self._stopping = False
        self._starters = starters
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._timed = 0
        self._made_tasks = False

    @property
    def busy(self) -> bool:
        """Tell whether a call waits, runs, or has a result that was not delivered."""
        return bool(self._queue or self._running or self._arrived)

    def add(self, call: Request | UnsharedCall) -> None:
        """Send a call at the next launch, or as soon as there is room."""
        self._queue.append(call)

    def call_at(self, deadline_s: float, expire: Callable[[], None]) -> None:
        """Call *expire* when the loop's time is *deadline_s*, unless the run has ended by then."""
        self._timed += 1
        heapq.heappush(self._timers, (deadline_s, self._timed, expire))

    def abandon(self, request: Request, stopped: Callable[[], None] | None = None) -> None:
        """Cancel a call that nobody waits for; when it is over, or after a grace, *stopped*."""
        request.abandoned, request.stopped = True, stopped
        if request.task is not None:
            request.task.cancel()
            if stopped is not None:
                self.call_at(clock.now_s() + GRACE_S, lambda: self._over(request))
            return
        if request in self._queue:
            self._queue.remove(request)
        self._over(request)

    def _over(self, request: Request) -> None:
        stopped, request.stopped = request.stopped, None
        if stopped is not None:
            self._arrived.append((_tell, stopped, None))

    async def advance(self) -> None:
        """Send what is due and deliver what has arrived; wait for something if nothing has."""
        if self._queue and len(self._running) < self._in_flight_max and self._launch():
            # What was given a task begins before anybody hears of what has failed meanwhile.
            await clock.sleep(0)
        if not self._arrived and self._running:
            await self._wait()
        if self._broken is not None:
            raise self._broken
        while self._arrived:
            ended, waiters, result = self._arrived.popleft()
            ended(waiters, result)

    @property
    def running(self) -> bool:
        """Tell whether a call was sent that has not ended."""
        return bool(self._running)

    def close(self) -> None:
        """Forget the times that nobody waits for any more."""
        self._timers.clear()

    async def stop(self) -> None:
        """Cancel what runs and return when nothing does, or goes on in spite of that."""
        self._stopping = True
        self._queue.clear()
        running = {
            request.task: request.operation.id
            for request in self._running
            if request.task is not None
        }
        await stop_tasks(running, self._context)

    def _launch(self) -> bool:
        """Start what is due; tell whether something arrived while a task has yet to begin."""
        self._made_tasks = False
        queue, running = self._queue, self._running
        with self._starters.acquire() as starter:
            now_s = starter.loop.time()
            while queue and len(running) < self._in_flight_max:
                call = queue.popleft()
                if isinstance(call, tuple):
                    self._start_unshared(starter, call, now_s)
                else:
                    self._start(starter, call)
        self._starters.release(starter)
        return self._made_tasks and bool(self._arrived)

    def _start_unshared(self, starter: EagerStarter, call: UnsharedCall, now_s: float) -> None:
        link, operation, arguments, context, waiters, ended, expected_waits, step_index = call
        if expected_waits[step_index] or self._calls_max is not None:
            self._start(starter, _request_of(call))
            return
        self.sent += 1
        try:
            result = starter.start(send_call(link, operation, arguments, context, now_s))
        except BaseException as error:  # noqa: BLE001 - what it means is decided there
            self._failed(_request_of(call), error)
            return
        if result is PENDING:
            expected_waits[step_index] = EXPECTED_WAITS
            self._carry(_request_of(call), starter.task)
        else:
            self._arrived.append((ended, waiters, result))

    def _start(self, starter: EagerStarter, request: Request) -> None:
        request.launched = True
        if request.deadline_s is not None or self._calls_max is not None:
            refusal = self._refusal(request)
            if refusal is not None:
                self._arrived.append((request.ended, request.waiters, Failure(refusal)))
                return
        self.sent += 1
        expected_waits, step_index = request.expected_waits, request.step_index
        if expected_waits[step_index]:
            expected_waits[step_index] -= 1
            self._made_tasks = True
            self._carry(request, asyncio.Task(_sent(request), loop=starter.loop))
            return
        try:
            result = starter.start(_sent(request))
        except BaseException as error:  # noqa: BLE001 - what it means is decided there
            self._failed(request, error)
            return
        if result is PENDING:
            expected_waits[step_index] = EXPECTED_WAITS
            self._carry(request, starter.task)
        else:
            self._arrived.append((request.ended, request.waiters, result))

    def _carry(self, request: Request, task: "asyncio.Task[Any]") -> None:
        request.task = task
        self._running.add(request)
        task.add_done_callback(partial(self._ended, request))

    def _refusal(self, request: Request) -> CallError | None:
        if request.deadline_s is not None and request.deadline_s <= clock.now_s():
            return NoTimeLeft("its time was over", operation=request.operation.id)
        if self._calls_max is not None and self.sent >= self._calls_max:
            return BoundExceeded(
                f"would be call {self.sent + 1} of its plan; calls_max is {self._calls_max}",
                operation=request.operation.id,
            )
        return None

    def _ended(self, request: Request, task: "asyncio.Task[Any]") -> None:
        self._running.discard(request)
        self._over(request)
        if task.cancelled():
            self._failed(request, asyncio.CancelledError())
        elif (error := task.exception()) is not None:
            self._failed(request, error)
        elif not request.abandoned:
            self._arrived.append((request.ended, request.waiters, task.result()))
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def _failed(self, request: Request, error: BaseException) -> None:
        if request.abandoned and isinstance(error, Exception | asyncio.CancelledError):
            return
        if isinstance(error, CallError):
            failure = Failure(caller_fault(error, request.operation))
            self._arrived.append((request.ended, request.waiters, failure))
        elif isinstance(error, asyncio.CancelledError):
            if not self._stopping:
                failure = Failure(_cancelled_itself(request))
                self._arrived.append((request.ended, request.waiters, failure))
        elif isinstance(error, Exception):
            fault = broke("the link", error, operation=request.operation.id)
            self._arrived.append((request.ended, request.waiters, Failure(fault)))
        else:
            self._broken = error

    async def _wait(self) -> None:
        while not self._arrived and self._broken is None and self._running:
            loop = asyncio.get_running_loop()
            self._wake = loop.create_future()
            due_s = self._deadline_s
            if self._timers and self._timers[0][0] < due_s:
                due_s = self._timers[0][0]
            timer = loop.call_at(due_s, _wake_up, self._wake)
            try:
                await self._wake
            finally:
                timer.cancel()
            if self._expire():
                return

    def _expire(self) -> bool:
        """Call what is due; tell whether there was anything."""
        now_s, expired = clock.now_s(), False
        if self._deadline_s <= now_s:
            self._end_all()
            expired = True
        while self._timers and self._timers[0][0] <= now_s:
            _, _, expire = heapq.heappop(self._timers)
            expire()
            expired = True
        return expired

    def _end_all(self) -> None:
        """Fail what runs when the time of the whole run is over, whatever its callees do."""
        self._deadline_s = float("inf")
        for request in [one for one in self._running if not one.abandoned]:
            self.abandon(request)
            late = DeadlineExceeded("did not return in time", operation=request.operation.id)
            self._arrived.append((request.ended, request.waiters, Failure(late)))


def _tell(stopped: Callable[[], None], _: None) -> None:
    stopped()


def _request_of(call: UnsharedCall) -> Request:
    link, operation, arguments, context, waiters, ended, expected_waits, step_index = call
    request = Request(operation, arguments, None, waiters, ended)
    request.link, request.context = link, context
    request.expected_waits, request.step_index = expected_waits, step_index
    return request


def _sent(request: Request) -> Any:
    return send_call(request.link, request.operation, request.arguments, request.context)


def _wake_up(wake: "asyncio.Future[None]") -> None:
    if not wake.done():
        wake.set_result(None)


def _cancelled_itself(request: Request) -> CallError:
    return Faulted("the callee cancelled its own work", operation=request.operation.id)
