"""Bring a request to one of a callee's replicas, without claiming more than is known."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from maestri import clock
from maestri.errors import CallError, ConnectFailed, ConnectionLost, DeadlineExceeded
from maestri.links.exchange import HttpRequest, LostBeforeAnswer
from maestri.links.replicas import Replica, Replicas

T = TypeVar("T")

SAME_MOMENT_S = 0.005
"""So much earlier than the deadline a caller's own timer may ring."""


async def deliver(
    request: HttpRequest,
    replicas: Replicas,
    carry: Callable[[HttpRequest], Awaitable[T]],
    *,
    deadline_s: float,
    idempotent: bool,
) -> tuple[T, bool]:
    """
    Return the answer of a replica, and whether an earlier try was lost on the way.

    A replica that nobody listens at is avoided, and the next one is tried. A try that was lost
    before its answer began, as it happens to a kept connection that the callee just closed, is
    repeated once, over a fresh connection, and at another replica if there is one: a process that
    dies still takes connections for a moment. At most as many tries as replicas, and one.

    Raises:
        ConnectFailed: Nobody listens at any replica, and no try was lost.
        ConnectionLost: A try was lost, and no other was answered.
        DeadlineExceeded: No answer in time.
    """
    replica = replicas.pick(())
    refused: tuple[Replica, ...] = ()
    failed: CallError | None = None
    while replica is not None:
        request.base = replica.url
        asked_s = clock.now_s()
        replica.outstanding += 1
        try:
            answer = await carry(request)
            replica.answered()
        except ConnectFailed as failure:
            replica.refused()
            refused = (*refused, replica)
            replica_next, failed = replicas.pick(refused), failure
        except LostBeforeAnswer as failure:
            replica_next, failed = replicas.pick((*refused, replica)) or replica, failure
            if request.fresh or not idempotent:
                raise ConnectionLost(failure.message) from failure
            request.fresh = True
        except DeadlineExceeded:
            replica.kept_silent(clock.now_s() - asked_s)
            raise
        except asyncio.CancelledError:
            # A caller that gives up when the time is over is as good a sign as our own timeout.
            if clock.now_s() > deadline_s - SAME_MOMENT_S:
                replica.kept_silent(clock.now_s() - asked_s)
            raise
        else:
            return answer, request.fresh
        finally:
            replica.outstanding -= 1
        request.timeout_s = deadline_s - clock.now_s()
        replica = replica_next if request.timeout_s > 0 else None
    assert failed is not None, "a callee has at least one address"
    raise ConnectionLost(failed.message) if request.fresh else failed
