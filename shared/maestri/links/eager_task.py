"""
A coroutine is run at once up to where it first waits; only if it waits does it become a task.

A call within the process mostly returns without waiting for anything, and a task for it would cost
more than the call. Python 3.12 has tasks that start at once. Before, asyncio's own task in Python
is used, which this module starts by hand; the hooks are those that asyncio documents for tasks of
third parties.

Source:
    Eager tasks (asyncio, since Python 3.12); "Extending asyncio" in its documentation.
"""

import asyncio
import contextvars
import sys
from asyncio import tasks
from collections.abc import Coroutine
from typing import Any, Self

POOLED_MAX = 16

PENDING: Any = object()
"""What ``EagerStarter.start`` returns for a coroutine that waits; its *task* carries it on."""

if sys.version_info >= (3, 12):

    class EagerStarter:
        """
        Starts coroutines on the running loop, while it is entered.

        Attributes:
            loop: The running loop.
            task: Of the last coroutine that waits.
        """

        def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
            self.loop = loop
            self.task: Any = None

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def start(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
            """Run *coroutine* up to where it waits; return or raise what it does, or PENDING."""
            task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=self.loop, eager_start=True)
            if task.done():
                return task.result()
            self.task = task
            return PENDING

else:

    class _EagerTask(tasks._PyTask):  # type: ignore[name-defined,misc]  # noqa: SLF001 - as documented
        """A task that is not scheduled when it is made, but when its coroutine waits."""

        def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
            asyncio.futures._PyFuture.__init__(self, loop=loop)  # type: ignore[attr-defined]  # noqa: SLF001
            self._name = "maestri call"
            self._num_cancels_requested = 0
            self._must_cancel = False
            self._log_destroy_pending = False
            self._fut_waiter = None
            self._coro: Any = None
            self._context: Any = None

        @property
        def reusable(self) -> bool:
            """Tell whether the coroutine that it began with left no trace on it."""
            return not (self._must_cancel or self._num_cancels_requested or self._callbacks)

        def adopt(self, coroutine: Any, context: contextvars.Context, waited_for: Any) -> None:
            """Carry on a coroutine that waits for *waited_for*."""
            self._coro, self._context = coroutine, context
            self._log_destroy_pending = True
            tasks._register_task(self)  # noqa: SLF001 - as documented for tasks of third parties
            if getattr(waited_for, "_asyncio_future_blocking", None):
                waited_for._asyncio_future_blocking = False  # noqa: SLF001 - as a task does
                waited_for.add_done_callback(self._Task__wakeup, context=context)
                self._fut_waiter = waited_for
                if self._must_cancel and waited_for.cancel(msg=self._cancel_message):
                    self._must_cancel = False
            elif waited_for is None:
                self._loop.call_soon(self._Task__step, context=context)
            else:
                wrong = RuntimeError(f"a call waits for {waited_for!r}, which is no future")
                self._loop.call_soon(self._Task__step, wrong, context=context)

    class EagerStarter:
        """
        Starts coroutines on the running loop, while it is entered.

        Attributes:
            loop: The running loop.
            task: Of the last coroutine that waits.
        """

        def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
            self.loop = loop
            self._around: Any = None
            self._spare: Any = None
            self.task: Any = None

        def __enter__(self) -> Self:
            self._around = asyncio.current_task(self.loop)
            assert self._around is not None, "a plan runs in a task"
            if self._spare is None:
                self._spare = _EagerTask(self.loop)
            tasks._leave_task(self.loop, self._around)  # noqa: SLF001 - as documented
            tasks._enter_task(self.loop, self._spare)  # noqa: SLF001 - as documented
            return self

        def __exit__(self, *_: object) -> None:
            tasks._leave_task(self.loop, self._spare)  # noqa: SLF001 - as documented
            tasks._enter_task(self.loop, self._around)  # noqa: SLF001 - as documented

        def start(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
            """Run *coroutine* up to where it waits; return or raise what it does, or PENDING."""
            context = contextvars.copy_context()
            try:
                waited_for = context.run(coroutine.send, None)
            except StopIteration as returned:
                spare = self._spare
                # What nearly always holds is asked here, without a call.
                if spare._must_cancel or spare._num_cancels_requested or spare._callbacks:  # noqa: SLF001 - ours
                    self._take_another()
                    if spare._must_cancel:  # noqa: SLF001 - ours
                        raise asyncio.CancelledError from None
                return returned.value
            except BaseException:
                if not self._spare.reusable:
                    self._take_another()
                raise
            self.task = self._spare
            self._take_another()
            self.task.adopt(coroutine, context, waited_for)
            return PENDING

        def _take_another(self) -> None:
            tasks._leave_task(self.loop, self._spare)  # noqa: SLF001 - as documented
            self._spare = _EagerTask(self.loop)
            tasks._enter_task(self.loop, self._spare)  # noqa: SLF001 - as documented


class StarterPool:
    """
    The starters of one composer that nobody has entered, to be used again.

    At most POOLED_MAX are kept: more runs inside one another make new ones.
    """

    __slots__ = ("_free",)

    def __init__(self) -> None:
        self._free: list[EagerStarter] = []

    def acquire(self) -> EagerStarter:
        """Return a starter for the running loop."""
        loop = asyncio.get_running_loop()
        while self._free:
            try:
                starter = self._free.pop()
            except IndexError:  # another thread has taken the last one
                break
            if starter.loop is loop:
                return starter
        return EagerStarter(loop)

    def release(self, starter: EagerStarter) -> None:
        """Keep a starter that is not entered any more."""
        if len(self._free) < POOLED_MAX:
            self._free.append(starter)
