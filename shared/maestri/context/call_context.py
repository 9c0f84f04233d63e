"""What travels with a call: how long it may take, who asked, and where it is recorded."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar, Token
from typing import Any

import msgspec

from maestri import clock
from maestri.context.commands import Commands
from maestri.context.ids import new_id
from maestri.context.recorder import Recorder

PRIORITIES = ("critical", "normal", "background")


class Context(msgspec.Struct, frozen=True, gc=False):
    """
    The context of the call in progress; made at the edge, copied downwards, never changed.

    Attributes:
        deadline_s: When the response is worthless, on the running loop's clock. Only ever shrinks.
        request_id: What a person quotes; one for everything that a client's request causes.
        span_id: Id of the call that is being served; the parent of the calls it makes; 0 is none.
        identity: Subject on whose behalf the work is done; None is anonymous.
        priority: One of PRIORITIES.
        key: Idempotency key of the command in progress.
        selection: Fields of the result that the caller needs; None is all of them.
        component: Name of the component whose code is running.
        recorder: Where spans go; None records nothing.
        commands: What the operation in progress has sent; None outside of any.
        safe: Whether the operation in progress only reads, so that it may send no command.
        run_name: What tells one run of a plan, or one command, from another at the same place.
    """

    deadline_s: float
    request_id: str
    span_id: int = 0
    identity: str | None = None
    priority: str = "normal"
    key: str | None = None
    selection: Any = None
    component: str = ""
    recorder: Recorder | None = None
    commands: Commands | None = None
    safe: bool = False
    run_name: str = ""

    def remaining_s(self) -> float:
        """Return the seconds left; zero or less when the deadline has passed."""
        return self.deadline_s - clock.now_s()


_current: ContextVar[Context] = ContextVar("maestri_context")

TIMEOUT_S_DEFAULT = 10.0


def current() -> Context:
    """
    Return the context of the call in progress.

    Outside any call it is a new one: a deadline of 10 s from now, no identity, nothing recorded.
    """
    context = _current.get(None)
    return new_context() if context is None else context


def new_context(
    *,
    deadline_s: float | None = None,
    recorder: Recorder | None = None,
    identity: str | None = None,
) -> Context:
    """
    Return a context for work that no call caused; *deadline_s* is on the loop's clock.

    Within an operation, a call has caused it: so it keeps that the operation only reads, what it
    has sent, and what its idempotency keys are made of. Work that outlives the operation begins in
    an empty context: ``create_task(work(), context=contextvars.Context())``.
    """
    limit = clock.now_s() + TIMEOUT_S_DEFAULT if deadline_s is None else deadline_s
    made = Context(deadline_s=limit, request_id=new_id(), recorder=recorder, identity=identity)
    around = _current.get(None)
    if around is None or not (around.safe or around.commands is not None):
        return made
    return msgspec.structs.replace(
        made,
        key=around.key,
        commands=around.commands,
        safe=around.safe,
        run_name=around.run_name,
    )


enter: Callable[[Context], Token[Context]] = _current.set
"""Make a context the current one until ``leave``; for code that is run for every call."""

leave: Callable[[Token[Context]], None] = _current.reset
"""Make the context current again that was before ``enter``."""


class _UsedContext:
    """A context manager in a class: a third of the time of one made of a generator."""

    __slots__ = ("_context", "_token")

    def __init__(self, context: Context) -> None:
        self._context = context

    def __enter__(self) -> Context:
        self._token = _current.set(self._context)
        return self._context

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def use_context(context: Context) -> AbstractContextManager[Context]:
    """Make *context* the current one for the body; calls made inside carry it."""
    return _UsedContext(context)


def run_named(name: str) -> AbstractContextManager[Context]:
    """
    Name what a hand-written operation sends more than once: a plan, or a command by a stub.

    The name is part of the idempotency keys, so it says which of them this is, whatever their
    order, such as the id of an item::

        for line in lines:
            with run_named(line.sku):
                await carts.put_line(cart_id, line.sku)
    """
    context = current()
    # Escaped as in a JSON Pointer (RFC 6901), so that "a/b" is not "b" within "a".
    inner = f"{context.run_name}/{name.replace('~', '~0').replace('/', '~1')}"
    return use_context(msgspec.structs.replace(context, run_name=inner))
