"""A call within the process: no socket, no timer, and still the behaviour of a remote one."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from maestri import clock
from maestri.context import Context
from maestri.contracts import Codec, Narrowing, Operation, Reply, codec_of
from maestri.errors import DeadlineExceeded, Faulted
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

    kind = "local"

    def __init__(self, invoker: Invoker, *, strict: bool = False) -> None:
        self.invoker = invoker
        self.strict = strict
        self._routes: dict[Operation, _Route] = {}

    async def send(self, operation: Operation, arguments: tuple[Any, ...], context: Context) -> Any:
        """Carry one call; see Link."""
        codec, prepare, copies, timeout_s = self._routes.get(operation) or self._route(operation)
        arguments = prepare(arguments)
        narrowing = None if context.selection is None else codec.narrowing(context.selection)
        selection = None if narrowing is None else narrowing.selection
        callee = Context(
            context.deadline_s, context.request_id, context.span_id, context.identity,
            context.priority, context.key, selection, self.invoker.component, context.recorder,
            None, operation.safe,
        )  # fmt: skip
        if timeout_s is None:
            value = await self.invoker.invoke(operation, arguments, callee)
        else:
            value = await self._bounded(operation, arguments, callee, timeout_s)
        return _received(codec, value, narrowing, copies=copies)

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


def _received(codec: Codec, value: Any, narrowing: Narrowing | None, *, copies: bool) -> Any:
    if codec.operation.streams:
        return value
    if type(value) is Reply:
        inner = _received(codec, value.value, narrowing, copies=copies)
        return Reply(inner, value.status, value.headers)
    try:
        if copies:
            selection = None if narrowing is None else narrowing.selection
            return codec.result(codec.body(value, selection), selection)
        return codec.passed(value, narrowing)
    except (TypeError, AttributeError, ValueError, RecursionError) as mismatch:
        raise Faulted(f"responded with what does not fit: {mismatch}") from mismatch
