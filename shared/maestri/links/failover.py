"""Bring a request to one of a callee's replicas, without claiming more than is known."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from maestri import clock
from maestri.errors import CallError, ConnectFailed, ConnectionLost, DeadlineExceeded
from maestri.links.replicas import Replica, Replicas
from maestri.links.transport import HttpRequest, LostBeforeResponse

T = TypeVar("T")

TIMER_TOLERANCE_S = 0.005
"""So much earlier than the deadline a caller's own timer may ring."""


async def send_with_failover(
    request: HttpRequest,
    replicas: Replicas,
    send: Callable[[HttpRequest], Awaitable[T]],
    *,
    deadline_s: float,
    idempotent: bool,
) -> tuple[T, bool]:
    """
    Return the response of a replica, and whether an earlier try was lost on the way.

    A replica that nobody listens at is ejected, and the next one is tried. A try that was lost
    before its response began, as it happens to an idle connection that the callee just closed, is
    repeated once, over a fresh connection, and at another replica if there is one: a process that
    dies still takes connections for a moment. At most as many tries as replicas, and one.

    Raises:
        ConnectFailed: Nobody listens at any replica, and no try was lost.
        ConnectionLost: A try was lost, and none of the others succeeded.
        DeadlineExceeded: No response in time.
    """
    replica = replicas.pick(())
    refused: tuple[Replica, ...] = ()
    failed: CallError | None = None
    while replica is not None:
        request.base = replica.url
        sent_at_s = clock.now_s()
        replica.outstanding += 1
        try:
            response = await send(request)
            replica.succeeded()
        except ConnectFailed as failure:
            replica.refused()
            refused = (*refused, replica)
            replica_next, failed = replicas.pick(refused), failure
        except LostBeforeResponse as failure:
            replica_next, failed = replicas.pick((*refused, replica)) or replica, failure
            if request.fresh or not idempotent:
                raise ConnectionLost(failure.message) from failure
            request.fresh = True
        except DeadlineExceeded:
            replica.timed_out(clock.now_s() - sent_at_s)
            raise
        except asyncio.CancelledError:
            # A caller that gives up when the time is over is as good a sign as our own timeout.
            if clock.now_s() > deadline_s - TIMER_TOLERANCE_S:
                replica.timed_out(clock.now_s() - sent_at_s)
            raise
        else:
            return response, request.fresh
        finally:
            replica.outstanding -= 1
        request.timeout_s = deadline_s - clock.now_s()
        replica = replica_next if request.timeout_s > 0 else None
    assert failed is not None, "a callee has at least one address"
    raise ConnectionLost(failed.message) if request.fresh else failed
