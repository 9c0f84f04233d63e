"""A call within the process: no socket, no timer, and still the behaviour of a remote one."""

from typing import Any

import msgspec

from maestri import clock
from maestri.context import Context, Span, new_id
from maestri.contracts import Operation, codec_of, narrowed, project
from maestri.errors import CallError, NoTimeLeft
from maestri.links.served import Served


class LocalLink:
    """
    Call an implementation in this process.

    Safe calls pass messages as they are, which is the same as copying because messages are
    immutable. In *strict* mode, and always for commands, arguments and answer go through the codec.

    Args:
        served: The callee.
        strict: Whether safe calls go through the codec too; on in tests.
    """

    def __init__(self, served: Served, *, strict: bool = False) -> None:
        self.served = served
        self.strict = strict

    async def send(self, operation: Operation, arguments: tuple[Any, ...], context: Context) -> Any:
        """Carry one call; see Link. Nothing is started after the deadline."""
        if context.deadline_s <= clock.now_s():
            raise NoTimeLeft("the deadline passed before the call was sent", operation=operation.id)
        codec = codec_of(operation)
        copies = self.strict or not operation.safe
        arguments = codec.copied_arguments(arguments) if copies else codec.checked(arguments)
        span_id = new_id()
        unix_ns, perf_ns, outcome = clock.unix_ns(), clock.perf_ns(), "ok"
        callee = Context(
            context.deadline_s, context.request_id, span_id, context.identity, context.priority,
            context.key, context.selection, self.served.component, context.recorder,
        )  # fmt: skip
        try:
            value = await self.served.invoke(operation, arguments, callee)
        except CallError as error:
            outcome = error.code
            error.operation = error.operation or operation.id
            raise
        except BaseException:
            outcome = "cancelled"
            raise
        finally:
            if context.recorder is not None:
                context.recorder.add(
                    Span(context.request_id, span_id, context.span_id, "call", operation.id,
                         context.component, unix_ns, clock.perf_ns() - perf_ns, outcome, "local")
                )  # fmt: skip
        if operation.streams:
            return value
        if copies:
            return codec.answer(codec.body(value, context.selection), context.selection)
        return value if context.selection is None else _partial(operation, value, context.selection)


def _partial(operation: Operation, value: Any, selection: Any) -> Any:
    kind = narrowed(operation.result, selection)
    return msgspec.convert(project(value, operation.result, selection), kind, from_attributes=True)
