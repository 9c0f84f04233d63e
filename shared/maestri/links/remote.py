"""A call to another process, from the caller's side, however it travels."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from maestri import clock
from maestri.context import Context
from maestri.contracts import Operation
from maestri.errors import (
    CallError,
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    NotExecuted,
    NoTimeLeft,
    Rejected,
)
from maestri.links.bulkhead import Bulkhead
from maestri.links.calling import TOO_LATE
from maestri.links.http_client import LostBeforeResponse
from maestri.links.link_failures import LinkFailures
from maestri.links.replicas import Replica, Replicas
from maestri.links.response_stream import ResponseStream
from maestri.links.transport import Attempt, Transport

TIMER_TOLERANCE_S = 0.005
"""So much earlier than the deadline a caller's own timer may ring."""


class RemoteOptions(msgspec.Struct, frozen=True):
    """
    Bounds of the calls to one callee.

    Attributes:
        calls_max: Calls at once, and so connections where a connection carries one at a time.
        waiting_max: Calls that may wait for one of those to end; more are refused as Overloaded.
        wait_s_max: How long one of them waits at most.
    """

    calls_max: int = 100
    waiting_max: int = 200
    wait_s_max: float = 1.0


class RemoteLink:
    """
    Call a component, or an external service, in another process.

    A call that certainly did not arrive goes to another replica at once; one that was lost before
    its response began, as it happens to an idle connection that the callee just closed, is sent
    once more, over a fresh connection and to another replica if there is one, if its operation is
    idempotent: a process that dies still takes connections for a moment. At most as many tries as
    replicas, and one. Nothing else is retried here.

    Args:
        addresses: Address of the callee, or one per replica.
        transport: Makes each try; shared by the links of a unit.
        options: Bounds.
        callee: What logs and metrics call it; by default its first address.
        failures: Tells operators of calls that fail on their way; links may share it.

    Attributes:
        replicas: The addresses, and what calls to them have shown.
        bulkhead: Bounds the calls.
    """

    def __init__(
        self,
        addresses: str | Sequence[str],
        transport: Transport,
        options: RemoteOptions | None = None,
        *,
        callee: str = "",
        failures: LinkFailures | None = None,
    ) -> None:
        options = options or RemoteOptions()
        self.replicas = Replicas([addresses] if isinstance(addresses, str) else addresses)
        self.callee = callee or self.replicas.all[0].address
        self.kind = transport.kind
        self._transport = transport
        self._failures = failures or LinkFailures()
        self.bulkhead = Bulkhead(options.calls_max, options.waiting_max, options.wait_s_max)

    async def send(self, operation: Operation, arguments: tuple[Any, ...], context: Context) -> Any:
        """Carry one call; see Link. Nothing is sent after the deadline."""
        try:
            await self.bulkhead.acquire(context.deadline_s)
        except NotExecuted as refused:
            self._failures.note(refused, self.callee)
            raise
        streaming = False
        try:
            if context.deadline_s <= clock.now_s():
                raise NoTimeLeft(TOO_LATE)
            result = await self._result(operation, arguments, context)
            if operation.streams:
                streaming = True
                return ResponseStream(result, context.deadline_s, self.bulkhead.release)
            return result
        finally:
            if not streaming:
                self.bulkhead.release()

    async def _result(
        self, operation: Operation, arguments: tuple[Any, ...], context: Context
    ) -> Any:
        replica = self.replicas.pick(())
        refused: tuple[Replica, ...] = ()
        failed: CallError = NoTimeLeft(TOO_LATE)
        result: Any = None
        lost = False
        try:
            while replica is not None:
                attempt = Attempt(operation, arguments, context, replica.address, lost)
                try:
                    result = await self._tried(attempt, replica)
                except ConnectFailed as failure:
                    replica.refused()
                    refused = (*refused, replica)
                    replica, failed = self.replicas.pick(refused), failure
                except LostBeforeResponse as failure:
                    if lost or not operation.idempotent:
                        self._failures.note(failure, self.callee, replica.address)
                        raise ConnectionLost(failure.message) from failure
                    replica, failed = self.replicas.pick((*refused, replica)) or replica, failure
                    lost = True
                else:
                    return _concluded(result, lost=lost)
                if context.deadline_s <= clock.now_s():
                    break
            if lost:
                self._failures.note(failed, self.callee)
                raise ConnectionLost(failed.message)
            raise failed
        finally:
            # Their tracebacks lead to this frame: circles that would hold all that a call does.
            del failed, result

    async def _tried(self, attempt: Attempt, replica: Replica) -> Any:
        """Make one try, and note what it shows of the replica."""
        sent_at_s = clock.now_s()
        replica.outstanding += 1
        try:
            result = await self._transport.send(attempt)
            replica.succeeded()
        except asyncio.CancelledError:
            # A caller that gives up when the time is over is as good a sign as our own timeout.
            if clock.now_s() > attempt.deadline_s - TIMER_TOLERANCE_S:
                replica.timed_out(clock.now_s() - sent_at_s)
                late = DeadlineExceeded("no response in time")
                self._failures.note(late, self.callee, replica.address)
            raise
        except (LostBeforeResponse, NoTimeLeft, Rejected):
            # The first may be repeated; the others are not the callee's.
            raise
        except CallError as failure:
            if isinstance(failure, DeadlineExceeded):
                replica.timed_out(clock.now_s() - sent_at_s)
            self._failures.note(failure, self.callee, replica.address)
            raise
        else:
            return result
        finally:
            replica.outstanding -= 1


def _concluded(response: Any, *, lost: bool) -> Any:
    """Return the result that was responded, or raise the error."""
    if not isinstance(response, CallError):
        return response
    if lost and isinstance(response, NotExecuted):
        # The second try did nothing, but nobody knows about the first.
        raise ConnectionLost("lost, and then refused") from response
    try:
        raise response
    finally:
        del response  # See above.
