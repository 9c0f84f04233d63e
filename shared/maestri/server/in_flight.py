"""The requests a server is working on: how many there may be, and when one is stopped early."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from maestri import clock
from maestri.context import RateLimitedLog
from maestri.errors import Overloaded
from maestri.server.loop_lag import LoopLag

log = logging.getLogger("maestri.http")

SWEEP_S = 0.025
Receive = Callable[[], Awaitable[Any]]


class InFlightRequest:
    """
    One request that is being worked on, in its task.

    Attributes:
        edge: Whether it is a client's.
        received: Whether all of the request is there.
        working: Whether the body is read and the work has begun; only then may a watcher await
            ``receive``, which tells when the client goes away.
        cancel_reason: Why its task was cancelled: ``late``, ``gone``, ``shutdown``; empty if not.
    """

    __slots__ = (
        "_receive",
        "_task",
        "_timer",
        "_watcher",
        "cancel_reason",
        "deadline_s",
        "edge",
        "received",
        "started_s",
        "working",
    )

    def __init__(
        self,
        task: "asyncio.Task[Any]",
        receive: Receive,
        started_s: float,
        deadline_s: float,
        *,
        edge: bool,
    ) -> None:
        self.edge = edge
        self._task = task
        self._receive = receive
        self._timer: asyncio.TimerHandle | None = None
        self._watcher: asyncio.Task[None] | None = None
        self.started_s = started_s
        self.deadline_s = deadline_s
        self.cancel_reason = ""
        self.received = False
        self.working = False

    def cancel(self, reason: str) -> None:
        """Cancel the work, once."""
        if not self.cancel_reason:
            self.cancel_reason = reason
            self._task.cancel()

    def start_timer(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stop the work at its deadline."""
        if self._timer is None:
            self._timer = loop.call_at(self.deadline_s, self.cancel, "late")

    def watch_client(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stop the work when the client goes away."""
        if self.working and self._watcher is None:
            self._watcher = loop.create_task(self._until_gone())

    async def _until_gone(self) -> None:
        # What a client sends after its request is no concern of ours; it is read to see the end.
        for _ in range(MESSAGES_MAX):
            if (await self._receive())["type"] == "http.disconnect":
                self.cancel("gone")
                return

    def close(self) -> bool:
        """Let go of timer and watcher; tell whether we cancelled the task, and take that back."""
        if self._timer is not None:
            self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
            self._watcher = None  # It holds this entry: a circle.
        if self.cancel_reason:
            self._task.uncancel()
            return True
        return False


MESSAGES_MAX = 1_000


class InFlight:
    """
    Bound the requests in work, and stop those that are late or that nobody waits for.

    Most requests end within 25 ms and cost an entry in a mapping. A sweep every 25 ms, only while
    there are requests, gives older ones a timer for their deadline and a watcher of their client.
    What is refused makes one line of the log for each bound in 10 s, with a count.

    Args:
        requests_max: More are refused as Overloaded.
        edge_requests_max: More requests of clients are refused; None is *requests_max*. What is in
            work already may still need other units, and those this one.
        edge_wait_s_max: A client's request that may have waited longer is refused, too.

    Attributes:
        lag: How late the loop is.
        edge_count: How many of those in work are clients'.
    """

    def __init__(
        self,
        requests_max: int,
        edge_requests_max: int | None = None,
        edge_wait_s_max: float = float("inf"),
    ) -> None:
        self.requests_max = requests_max
        self.edge_requests_max = requests_max if edge_requests_max is None else edge_requests_max
        self.edge_wait_s_max = edge_wait_s_max
        self.lag = LoopLag()
        self._log = RateLimitedLog(log)
        self.edge_count = 0
        self._young: dict[InFlightRequest, None] = {}
        self._old: dict[InFlightRequest, None] = {}
        self._sweeping = False

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def enter(self, receive: Receive, deadline_s: float, *, edge: bool = False) -> InFlightRequest:
        """
        Return the entry of the running task's request, a client's at the *edge*.

        ``leave`` must follow.

        Raises:
            Overloaded: As many as allowed are in work.
        """
        if len(self._young) + len(self._old) >= self.requests_max:
            raise self._refused("all", f"{self.requests_max} requests are in work")
        if edge and self.edge_count >= self.edge_requests_max:
            raise self._refused("edge", f"{self.edge_requests_max} requests of clients are in work")
        if edge and (busy_s := self.lag.busy_s()) > self.edge_wait_s_max:
            raise self._refused("lag", f"the loop is {busy_s:.1f} s behind")
        task = asyncio.current_task()
        assert task is not None, "a server runs each request in a task"
        loop = task.get_loop()
        now_s = loop.time()
        entry = InFlightRequest(task, receive, now_s, deadline_s, edge=edge)
        self.edge_count += edge
        self._young[entry] = None
        if deadline_s - now_s < 2 * SWEEP_S:
            entry.start_timer(loop)
        if not self._sweeping:
            self._sweeping = True
            loop.call_later(SWEEP_S, self._sweep, loop)
        return entry

    def leave(self, entry: InFlightRequest) -> bool:
        """Forget *entry*; tell whether it was stopped by us."""
        self.edge_count -= entry.edge
        if self._young.pop(entry, entry) is entry:
            self._old.pop(entry, None)
        return entry.close()

    def _refused(self, bound: str, message: str) -> Overloaded:
        self._log.warning(bound, f"a request was refused: {message}")
        return Overloaded(message)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        born_s = loop.time() - SWEEP_S
        aged = []
        for entry in self._young:
            if entry.started_s > born_s:
                break
            aged.append(entry)
        for entry in aged:
            del self._young[entry]
            self._old[entry] = None
            entry.start_timer(loop)
        for entry in self._old:
            entry.watch_client(loop)
        self._sweeping = bool(self._young or self._old)
        if self._sweeping:
            loop.call_later(SWEEP_S, self._sweep, loop)

    async def drain(self, timeout_s: float) -> None:
        """Wait until nothing is in work; what is left after *timeout_s* is stopped."""
        until_s = clock.now_s() + timeout_s
        while len(self) and clock.now_s() < until_s:
            await clock.sleep(min(SWEEP_S, timeout_s))
        for entry in (*self._young, *self._old):
            entry.cancel("shutdown")
