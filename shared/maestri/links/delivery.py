"""Bring a request to one of a callee's replicas, without claiming more than is known."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeVar

from maestri import clock
from maestri.errors import CallError, ConnectFailed, ConnectionLost, DeadlineExceeded
from maestri.links.exchange import HttpRequest, LostBeforeAnswer
from maestri.links.replicas import Replica, Replicas

T = TypeVar("T")


class Letter(NamedTuple):
    """A request to a path, whoever gets it; *idempotent* allows a second try after a lost one."""

    request: HttpRequest
    deadline_s: float
    idempotent: bool


async def deliver(
    letter: Letter, replicas: Replicas, carry: Callable[[HttpRequest], Awaitable[T]]
) -> tuple[T, bool]:
    """
    Return the answer of a replica, and whether an earlier try was lost on the way.

    A replica that nobody listens at is avoided, and the next one is tried. A try that was lost
    before its answer began, as it happens to a kept connection that the callee just closed, is
    repeated once, over a fresh connection. At most as many tries as replicas, and one.

    Raises:
        ConnectFailed: Nobody listens at any replica, and no try was lost.
        ConnectionLost: A try was lost, and no other was answered.
        DeadlineExceeded: No answer in time.
    """
    request, refused, lost = letter.request, list[Replica](), False
    failed: CallError = ConnectFailed("has no replica")
    replica = replicas.pick(refused)
    while replica is not None:
        replica.outstanding += 1
        try:
            answer = await carry(request._replace(url=replica.url + letter.request.url))
            replica.answered()
        except ConnectFailed as failure:
            replica.refused()
            refused.append(replica)
            replica_next, failed = replicas.pick(refused), failure
        except LostBeforeAnswer as failure:
            replica_next, failed = replica, failure
            if lost or not letter.idempotent:
                raise ConnectionLost(failure.message) from failure
            lost, request = True, request._replace(fresh=True)
        except DeadlineExceeded:
            replica.kept_silent()
            raise
        else:
            return answer, lost
        finally:
            replica.outstanding -= 1
        request = _shortened(request, letter.deadline_s)
        replica = replica_next if request.timeout_s > 0 else None
    raise _concluded(failed, lost)


def _shortened(request: HttpRequest, deadline_s: float) -> HttpRequest:
    return request._replace(timeout_s=deadline_s - clock.now_s())


def _concluded(failed: CallError, lost: bool) -> CallError:
    return ConnectionLost(failed.message) if lost else failed
