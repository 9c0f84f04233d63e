"""A network within the process: calls travel as bytes, and addresses can be down, or silent."""

from collections.abc import Mapping
from typing import Any

from maestri import clock
from maestri.contracts import Contract, Operation, error_of, problem_of
from maestri.errors import CallError, ConnectFailed, DeadlineExceeded
from maestri.links import Attempt, Invoker, LocalLink, LostBeforeResponse


class LoopbackTransport:
    """
    Carry calls to implementations in this process as a network would: encoded, late or not at all.

    For tests of what stands over a transport: replicas, failover, bounds and deadlines, on virtual
    time, too. ::

        network = LoopbackTransport({"a": Books(), "b": Books()})
        shelf = stub(Shelf, RemoteLink(["a", "b"], network))
        network.down.add("a")

    Attributes:
        down: Addresses where nobody listens, as at those of no callee.
        losing: Addresses that act, and lose the connection before they respond.
        latency_s: By address, how long a response is on its way.
        attempts: All tries, in order.
    """

    kind = "loopback"

    def __init__(self, callees: Mapping[str, Contract]) -> None:
        self._links = {name: LocalLink(Invoker(one), strict=True) for name, one in callees.items()}
        self.down: set[str] = set()
        self.losing: set[str] = set()
        self.latency_s: dict[str, float] = {}
        self.attempts: list[Attempt] = []

    async def send(self, attempt: Attempt) -> Any:
        """Make one try; see Transport."""
        self.attempts.append(attempt)
        link = self._links.get(attempt.address)
        if link is None or attempt.address in self.down:
            raise ConnectFailed(f"nobody listens at {attempt.address}")
        try:
            async with clock.timeout_at(attempt.deadline_s):
                response = await _response(link, attempt)
                await clock.sleep(self.latency_s.get(attempt.address, 0.0))
        except TimeoutError as late:
            raise DeadlineExceeded("no response in time") from late
        if attempt.address in self.losing:
            raise LostBeforeResponse(f"{attempt.address} closed the connection")
        return response


async def _response(link: LocalLink, attempt: Attempt) -> Any:
    try:
        return await link.send(attempt.operation, attempt.arguments, attempt.context)
    except CallError as error:
        return _arrived(error, attempt.operation)


def _arrived(error: CallError, operation: Operation) -> CallError:
    return error_of(problem_of(error), operation.raises, operation.id)
