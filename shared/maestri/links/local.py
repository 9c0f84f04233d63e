"""A call within the process: no socket, no timer, and still the behaviour of a remote one."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from maestri import clock
from maestri.context import Context, new_id
from maestri.contracts import Codec, Operation, Reply, Selection, codec_of
from maestri.errors import CallError, DeadlineExceeded, Faulted, NoTimeLeft
from maestri.links.invoker import Invoker


class _Route(NamedTuple):
    """What is the same for every call of one operation."""

    codec: Codec
    prepare: Callable[[tuple[Any, ...]], tuple[Any, ...]]
    copies: bool
    timeout_s: float | None


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
        self._routes: dict[Operation, _Route] = {}

    async def send(self, operation: Operation, arguments: tuple[Any, ...], context: Context) -> Any:
        """Carry one call; see Link. Nothing is started after the deadline."""
        if context.deadline_s <= clock.now_s():
            raise NoTimeLeft("the deadline passed before the call was sent", operation=operation.id)
        codec, prepare, copies, timeout_s = self._routes.get(operation) or self._route(operation)
        try:
            arguments = prepare(arguments)
        except CallError as refusal:
            refusal.operation = operation.id
            raise
        recorder, selection = context.recorder, context.selection
        if selection is not None:
            selection = codec.narrowing(selection).selection
        span_id, outcome = context.span_id, "ok"
        unix_ns = perf_ns = 0
        if recorder is not None:
            span_id, unix_ns, perf_ns = new_id(), clock.unix_ns(), clock.perf_ns()
        callee = Context(
            context.deadline_s, context.request_id, span_id, context.identity, context.priority,
            context.key, selection, self.invoker.component, recorder, None, operation.safe,
        )  # fmt: skip
        try:
            if timeout_s is None:
                value = await self.invoker.invoke(operation, arguments, callee)
            else:
                value = await self._bounded(operation, arguments, callee, timeout_s)
            return _received(codec, value, selection, copies=copies)
        except CallError as error:
            outcome = error.code
            error.operation = error.operation or operation.id
            raise
        except BaseException:
            outcome = "cancelled"
            raise
        finally:
            if recorder is not None:
                recorder.add(
                    (context.request_id, span_id, context.span_id, "call", operation.id,
                         context.component, unix_ns, clock.perf_ns() - perf_ns, outcome, "local")
                )  # fmt: skip

    def _route(self, operation: Operation) -> _Route:
        codec = codec_of(operation)
        copies = self.strict or not operation.safe
        prepare = codec.copied_arguments if copies else codec.checked
        route = _Route(codec, prepare, copies, operation.options.get("timeout_s"))
        self._routes[operation] = route
        return route

    async def _bounded(
        self, operation: Operation, arguments: tuple[Any, ...], context: Context, timeout_s: float
    ) -> Any:
        # A bound of its own holds here as at a server; the deadline of a caller is the caller's.
        context = msgspec.structs.replace(
            context, deadline_s=min(context.deadline_s, clock.now_s() + timeout_s)
        )
        try:
            async with clock.timeout_at(context.deadline_s):
                return await self.invoker.invoke(operation, arguments, context)
        except TimeoutError as late:
            raise DeadlineExceeded("the work was not done in time") from late


def _received(codec: Codec, value: Any, selection: Selection | None, *, copies: bool) -> Any:
    if codec.operation.streams:
        return value
    if isinstance(value, Reply):
        inner = _received(codec, value.value, selection, copies=copies)
        return Reply(inner, value.status, value.headers)
    try:
        if copies:
            return codec.result(codec.body(value, selection), selection)
        return codec.passed(value, selection)
    except (TypeError, AttributeError, ValueError, RecursionError) as mismatch:
        raise Faulted(f"responded with what does not fit: {mismatch}") from mismatch
