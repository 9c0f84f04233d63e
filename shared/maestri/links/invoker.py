"""The callee's side of every link: one place where an implementation is entered and left."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Any

import msgspec

from maestri.context import Commands, Context, RateLimitedLog, enter, leave
from maestri.contracts import (
    Contract,
    Operation,
    Reply,
    check_implemented,
    check_reply,
    contracts_of,
)
from maestri.errors import (
    ALWAYS_DECLARED,
    CallError,
    CommitUnknown,
    ConnectionLost,
    DatabaseError,
    Faulted,
    OutcomeUnknown,
    Overloaded,
    Rejected,
)

log = logging.getLogger("maestri.invoker")


class Invoker:
    """
    An implementation of contracts that can be called over any link.

    Args:
        implementation: The object with the methods; refused if it leaves any out.
        component: Name of the component that it belongs to.

    Raises:
        ContractError: An operation is not implemented.
    """

    def __init__(self, implementation: Contract, component: str = "") -> None:
        check_implemented(type(implementation))
        self.implementation = implementation
        self.contracts = contracts_of(type(implementation))
        self.component = component or type(implementation).__name__
        self._log = RateLimitedLog(log)
        self._methods: Mapping[Operation, Callable[..., Any]] = {
            operation: getattr(implementation, operation.name)
            for contract in self.contracts
            for operation in contract.operations.values()
        }

    async def invoke(
        self, operation: Operation, arguments: tuple[Any, ...], context: Context
    ) -> Any:
        """
        Run one operation in *context* and return what the implementation returns.

        A stream is returned at once; its first chunk raises as a call does, and a failure after
        that is ConnectionLost.

        Raises:
            CallError: Declared errors and the errors of calls below pass. Anything else is logged
                and becomes Faulted: an exception, an undeclared business error, and a callee's
                refusal of a request that was ours; CommitUnknown becomes OutcomeUnknown.
                NotExecuted becomes OutcomeUnknown once a command was sent.
        """
        if not operation.safe:
            context = msgspec.structs.replace(
                context, commands=Commands(repeatable=operation.idempotent), safe=False
            )
        elif not context.safe:
            context = msgspec.structs.replace(context, safe=True)
        if context.recorder is not None:
            context.recorder.served[operation.id] += 1
        token = enter(context)
        try:
            value = await self._methods[operation](*arguments)
            if operation.streams:
                return self._chunks(aiter(value), operation, context)
            if operation.replies or type(value) is Reply:
                check_reply(value, declared=operation.replies)
        except CallError as error:
            if isinstance(error, Overloaded) and not error.operation:
                # What a callee refuses, it or its link has told.
                self._log.warning(error.code, f"{self.component}: {error.message}")
            raise _leaving(error, operation, context)  # noqa: B904 - the cause is its own
        except Exception as error:
            raise self._fault(error, operation, context) from error
        else:
            return value
        finally:
            leave(token)

    async def _chunks(
        self, stream: AsyncIterator[Any], operation: Operation, context: Context
    ) -> AsyncGenerator[bytes]:
        """Yield the chunks of a stream; after the first one, a failure can only cut it short."""
        begun = False
        try:
            async for chunk in stream:
                checked = _of_bytes(chunk)
                begun = True
                yield checked
        except Exception as error:
            if begun:
                log.warning("%s ended early; %s", operation.id, context.request_id, exc_info=error)
                raise ConnectionLost("the stream ended early", operation=operation.id) from error
            if isinstance(error, CallError):
                raise _leaving(error, operation, context)  # noqa: B904 - the cause is its own
            raise self._fault(error, operation, context) from error
        finally:
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()

    def _fault(self, error: Exception, operation: Operation, context: Context) -> CallError:
        """Tell operators what broke; return what that is for the caller."""
        if isinstance(error, DatabaseError) and error.condition:
            # It breaks every request alike, and its message says all there is to say.
            self._log.warning(error.condition, f"{self.component}: {error}")
        else:
            log.error("%s broke; request %s", operation.id, context.request_id, exc_info=error)
        kind = OutcomeUnknown if isinstance(error, CommitUnknown) else Faulted
        return kind(f"broke with {type(error).__name__}", operation=operation.id)


def _of_bytes(chunk: Any) -> bytes:
    if not isinstance(chunk, bytes):
        raise TypeError(f"a stream is of bytes, not {type(chunk).__name__}")
    return chunk


def _leaving(error: CallError, operation: Operation, context: Context) -> CallError:
    """Return what an error of the implementation is for the caller of the operation."""
    if isinstance(error, Rejected):
        if is_declared(error, operation) or _is_own_refusal(error, operation):
            return error
        log.error("%s raised an error that it does not declare", operation.id, exc_info=error)
        fault = Faulted("raised an error that it does not declare", operation=operation.id)
        fault.__cause__ = error
        return fault
    return error if context.commands is None else context.commands.concluded(error)


def caller_fault(error: CallError, operation: Operation) -> CallError:
    """
    Return what a failed call of *operation* means to the code that made it.

    A callee that refuses a request as unfit, without declaring that, was asked wrongly: that is
    the caller's fault, not that of the caller's client.
    """
    if isinstance(error, ALWAYS_DECLARED) and not is_declared(error, operation):
        fault = Faulted(f"refused what it was asked: {error}", operation=operation.id)
        fault.__cause__ = error
        return fault
    return error


def is_declared(error: Rejected, operation: Operation) -> bool:
    """Tell whether *operation* declares the class of *error*: no other one would arrive."""
    return type(error) in operation.raises


def _is_own_refusal(error: Rejected, operation: Operation) -> bool:
    return isinstance(error, ALWAYS_DECLARED) and error.operation in {"", operation.id}
