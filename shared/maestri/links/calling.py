"""
How a call is made, over whatever link: what belongs to the caller is written down here, once.

A link carries a call, a policy changes how; neither records it, counts it or remembers whether it
may have acted.
"""

from typing import Any

from maestri import clock
from maestri.context import Context, new_span_id
from maestri.contracts import Operation
from maestri.errors import CallError, Faulted, NotExecuted, NoTimeLeft
from maestri.links.link import Link

TOO_LATE = "the deadline passed before the call was sent"


async def send_call(
    link: Link,
    operation: Operation,
    arguments: tuple[Any, ...],
    context: Context,
    now_s: float | None = None,
) -> Any:
    """
    Make one call over *link*: a span, a deadline, and a note of every command that may have acted.

    Args:
        link: What carries it.
        operation: What to call.
        arguments: In the order of the operation's signature, defaults filled in.
        context: Of the caller, with the key and the selection of this call.
        now_s: The loop's time, if the caller knows it.

    Raises:
        CallError: See Link. NoTimeLeft: the deadline has passed. Faulted: a command, although the
            operation in progress only reads, or one that is not idempotent in one that is: links
            repeat it. Then nothing is sent.
    """
    span_id, began_ns, outcome = new_span_id(), clock.perf_ns(), "ok"
    try:
        if context.deadline_s <= (clock.now_s() if now_s is None else now_s):
            raise NoTimeLeft(TOO_LATE)  # noqa: TRY301 - it is recorded as what was sent is
        inner = Context(
            context.deadline_s, context.request_id, span_id, context.identity, context.priority,
            context.key, context.selection, context.component, context.recorder,
        )  # fmt: skip
        if operation.safe:
            return await link.send(operation, arguments, inner)
        return await _send_command(link, operation, arguments, context, inner)
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
                (context.request_id, span_id, context.span_id, "call", operation.id,
                     context.component, began_ns, clock.perf_ns(), outcome,
                     getattr(link, "kind", ""))
            )  # fmt: skip


async def _send_command(
    link: Link,
    operation: Operation,
    arguments: tuple[Any, ...],
    context: Context,
    inner: Context,
) -> Any:
    if context.safe:
        raise Faulted(
            "would be sent by an operation that is declared to only read; declare that as @post "
            "or @put"
        )
    if context.commands is not None and context.commands.repeatable and not operation.idempotent:
        raise Faulted(
            "would be sent by an operation that is declared idempotent, which links send again; "
            "declare that as @post, or this one with idempotent=True if it may be repeated"
        )
    # It may have acted from the moment when it is sent, whether or not anybody hears of its end.
    if context.commands is not None:
        context.commands.acted.append(operation.id)
    try:
        return await link.send(operation, arguments, inner)
    except NotExecuted:
        if context.commands is not None:
            context.commands.acted.remove(operation.id)
        raise
