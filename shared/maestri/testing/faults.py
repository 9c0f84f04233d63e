"""Faults on calls: late, failed, lost or corrupt, on the operations that a test chooses."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from maestri import clock
from maestri.context import Context
from maestri.contracts import Contract, Operation, codec_of, operation_of
from maestri.errors import CallError, ConnectionLost, ContractError, DeadlineExceeded, Faulted
from maestri.links import Link, link_of, stub
from maestri.testing.fakes import check_declared

C = TypeVar("C", bound=Contract)
CORRUPT_BODY = b'{"gar'

Fault = Callable[["FaultyLink", Operation, tuple[Any, ...], Context], Coroutine[Any, Any, Any]]
OperationMethod = Callable[..., Coroutine[Any, Any, Any]]


class Faults:
    """
    What goes wrong between callers and callees, from the moment when the test says so.

    ::

        faults = Faults()
        catalog = faults.inject_into(Catalog, catalog)
        faults.delay(Catalog.product, 0.3)

    An operation has one fault at a time: the last one counts. Calls without a fault pass.
    """

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}

    def delay(self, operation: OperationMethod, seconds: float) -> None:
        """Hold each call back for *seconds*, or until its deadline, which it then exceeds."""

        async def fault(
            link: "FaultyLink", what: Operation, arguments: tuple[Any, ...], context: Context
        ) -> Any:
            left_s = context.deadline_s - clock.now_s()
            await clock.sleep(max(0.0, min(seconds, left_s)))
            if seconds >= left_s:
                raise DeadlineExceeded("no response in time", operation=what.id)
            return await link.wrapped.send(what, arguments, context)

        self._put(operation, fault)

    def fail(self, operation: OperationMethod, error: CallError) -> None:
        """
        Fail each call with *error* and do not carry it.

        Raises:
            ContractError: It is a business error that the operation does not declare.
        """
        check_declared(_named(operation), error)

        async def fault(_: "FaultyLink", what: Operation, __: tuple[Any, ...], ___: Context) -> Any:
            error.operation = error.operation or what.id
            raise error

        self._put(operation, fault)

    def drop(self, operation: OperationMethod, *, acted: bool) -> None:
        """Lose the connection: after the callee has *acted*, or before the call reached it."""

        async def fault(
            link: "FaultyLink", what: Operation, arguments: tuple[Any, ...], context: Context
        ) -> Any:
            if acted:
                await link.wrapped.send(what, arguments, context)
            raise ConnectionLost("the connection broke", operation=what.id)

        self._put(operation, fault)

    def corrupt(self, operation: OperationMethod, body: bytes = CORRUPT_BODY) -> None:
        """
        Let the callee act, and return *body*, which does not fit.

        Raises:
            ContractError: It does fit, or the operation has no body in its response.
        """
        what = _named(operation)
        try:
            codec_of(what).result(body, None)
        except Faulted:
            pass
        else:
            raise ContractError(f"{what.id}: {body!r} would be a good result, not a corrupt one")

        async def fault(
            link: "FaultyLink", what: Operation, arguments: tuple[Any, ...], context: Context
        ) -> Any:
            await link.wrapped.send(what, arguments, context)
            return codec_of(what).result(body, context.selection)

        self._put(operation, fault)

    def clear(self, operation: OperationMethod | None = None) -> None:
        """Let the calls of *operation* pass again; without one, all calls."""
        if operation is None:
            self._faults.clear()
        else:
            self._faults.pop(_named(operation).id, None)

    def inject_into(self, contract: type[C], callee: C) -> C:
        """Return *callee* as somebody behind these faults sees it."""
        return stub(contract, self.wrap(link_of(callee)))

    def wrap(self, link: Link) -> Link:
        """Return *link* with these faults on it; what ``bind_unit`` takes as its *wrap*."""
        return FaultyLink(link, self._faults)

    def _put(self, operation: OperationMethod, fault: Fault) -> None:
        self._faults[_named(operation).id] = fault


class FaultyLink:
    """
    A link whose calls may go wrong; see ``Faults``.

    Attributes:
        wrapped: The link that carries the calls.
    """

    def __init__(self, wrapped: Link, faults: dict[str, Fault]) -> None:
        self.wrapped = wrapped
        self.kind = getattr(wrapped, "kind", "")
        self._faults = faults

    async def send(self, operation: Operation, arguments: tuple[Any, ...], context: Context) -> Any:
        """Carry one call, or let it go wrong; see Link."""
        fault = self._faults.get(operation.id)
        if fault is None:
            return await self.wrapped.send(operation, arguments, context)
        return await fault(self, operation, arguments, context)


def _named(method: OperationMethod) -> Operation:
    operation = operation_of(method)
    if operation is None:
        raise ContractError(f"{method!r} is no operation of a contract: write Catalog.product")
    return operation
