"""A call within the process: no socket, no timer, and still the behaviour of a remote one."""

from typing import Any

import msgspec

from maestri import clock
from maestri.context import Context, Span, new_id
from maestri.contracts import Operation, Reply, Selection, codec_of
from maestri.errors import CallError, DeadlineExceeded, Faulted, NotExecuted, NoTimeLeft
from maestri.links.invoker import Invoker


class LocalLink:
    """
    Call an implementation in this process.

    Safe calls pass messages as they are, which is the same as copying because messages are
    immutable. In *strict* mode, and always for commands, arguments and result go through the codec.

    Args:
        invoker: The callee.
        strict: Whether safe calls go through the codec too; on in tests.
    """

    def __init__(self, invoker: Invoker, *, strict: bool = False) -> None:
        self.invoker = invoker
        self.strict = strict

    async def send(self, operation: Operation, arguments: tuple[Any, ...], context: Context) -> Any:
        """Carry one call; see Link. Nothing is started after the deadline."""
        if context.deadline_s <= clock.now_s():
            raise NoTimeLeft("the deadline passed before the call was sent", operation=operation.id)
        copies = self.strict or not operation.safe
        codec = codec_of(operation)
        arguments = _sent(operation, arguments, copies=copies)
        selection = context.selection
        if selection is not None:
            selection = codec.narrowing(selection).selection
        span_id = new_id()
        unix_ns, perf_ns, outcome, acted = clock.unix_ns(), clock.perf_ns(), "ok", True
        callee = Context(
            context.deadline_s, context.request_id, span_id, context.identity, context.priority,
            context.key, selection, self.invoker.component, context.recorder,
        )  # fmt: skip
        try:
            value = await self._invoked(operation, arguments, callee)
            return _received(operation, value, selection, copies=copies)
        except CallError as error:
            outcome, acted = error.code, not isinstance(error, NotExecuted)
            error.operation = error.operation or operation.id
            raise
        except BaseException:
            outcome = "cancelled"
            raise
        finally:
            if acted and context.commands is not None and not operation.safe:
                context.commands.append(operation.id)
            if context.recorder is not None:
                context.recorder.add(
                    Span(context.request_id, span_id, context.span_id, "call", operation.id,
                         context.component, unix_ns, clock.perf_ns() - perf_ns, outcome, "local")
                )  # fmt: skip

    async def _invoked(
        self, operation: Operation, arguments: tuple[Any, ...], context: Context
    ) -> Any:
        timeout_s = operation.options.get("timeout_s")
        if timeout_s is None:
            return await self.invoker.invoke(operation, arguments, context)
        # A bound of its own holds here as at a server; the deadline of a caller is the caller's.
        context = msgspec.structs.replace(
            context, deadline_s=min(context.deadline_s, clock.now_s() + timeout_s)
        )
        try:
            async with clock.timeout_at(context.deadline_s):
                return await self.invoker.invoke(operation, arguments, context)
        except TimeoutError as late:
            raise DeadlineExceeded("the work was not done in time") from late


def _sent(operation: Operation, arguments: tuple[Any, ...], *, copies: bool) -> tuple[Any, ...]:
    codec = codec_of(operation)
    try:
        return codec.copied_arguments(arguments) if copies else codec.checked(arguments)
    except CallError as refusal:
        refusal.operation = operation.id
        raise


def _received(
    operation: Operation, value: Any, selection: Selection | None, *, copies: bool
) -> Any:
    if operation.streams:
        return value
    if isinstance(value, Reply):
        inner = _received(operation, value.value, selection, copies=copies)
        return Reply(inner, value.status, value.headers)
    codec = codec_of(operation)
    try:
        if copies:
            return codec.result(codec.body(value, selection), selection)
        return codec.passed(value, selection)
    except (TypeError, AttributeError, ValueError, RecursionError) as mismatch:
        raise Faulted(f"responded with what does not fit: {mismatch}") from mismatch
