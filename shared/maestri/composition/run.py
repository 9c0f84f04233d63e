"""One run of a plan in memory: as parallel as the data flow allows, one task per call in flight."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import msgspec

from maestri import clock
from maestri.composition.batches import Batches, Waiting, groups_of
from maestri.composition.frame import UNSET, Failure, Frame
from maestri.context import Context
from maestri.contracts import Answered, Failed, Operation, error_of
from maestri.errors import (
    CallError,
    DeadlineExceeded,
    Faulted,
    NotExecuted,
    OutcomeUnknown,
    Rejected,
)
from maestri.links import Link
from maestri.plans import Node, Program
from maestri.plans import steps as made

OPTIONAL_SHARE = 0.8
ABSORBED = (NotExecuted, OutcomeUnknown, Faulted)

Ended = Callable[[Any], None]


class Run:
    """
    One run of a program.

    Attributes:
        left_out: Public names of the parts that are missing from the answer.
        calls: Calls that were sent.
    """

    def __init__(self, program: Program, links: list[Link], context: Context) -> None:
        self.program = program
        self.left_out: frozenset[str] = frozenset()
        self.calls = 0
        self._links = links
        self._context = context
        self._bounds = program.plan.bounds
        self._ready: deque[tuple[Frame, Node]] = deque()
        self._queue: deque[tuple[Coroutine[Any, Any, Any], Ended, Node]] = deque()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._batches: list[Batches] = []
        self._limits: dict[int, float] = {}
        self._known: dict[Any, Any] = {}
        self._result: Any = UNSET
        self._failure: BaseException | None = None
        self._wake: asyncio.Future[None] | None = None
        self._command_sent = False

    async def execute(self, inputs: tuple[Any, ...]) -> Any:
        """
        Return the answer of the plan.

        Raises:
            CallError: Of the first required step that failed; by then no call is running.
        """
        values = [UNSET] * self.program.size
        for index, value in zip(self.program.inputs, inputs, strict=True):
            values[index] = value
        frame = Frame(self.program.scopes[0], values, self._finish, None)
        try:
            self._start(frame)
            self._propagate()
            while not self._over():
                await self._step()
        finally:
            await self._stop()
        if self._failure is not None:
            raise self._failure
        self.left_out = frozenset(frame.left_out or ())
        return frame.outcome()

    def _over(self) -> bool:
        return self._failure is not None or self._result is not UNSET

    def _finish(self, outcome: Any) -> None:
        self._result = outcome

    # The main loop: a single call is awaited here, several become tasks.

    async def _step(self) -> None:
        if not self._tasks and len(self._queue) == 1 and self._queue[0][2].limiter is None:
            sending, ended, node = self._queue.popleft()
            try:
                value = await sending
            except CallError as error:
                ended(Failure(error))
            else:
                ended(value)
            self._propagate()
            return
        self._start_tasks()
        if not self._over():
            assert self._tasks, f"plan {self.program.plan.name} waits for nothing"
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake

    def _start_tasks(self) -> None:
        while self._queue and len(self._tasks) < self._bounds.in_flight_max:
            sending, ended, node = self._queue.popleft()
            task = asyncio.ensure_future(sending)
            self._tasks.add(task)
            timer = None
            if node.limiter is not None:
                timer = task.get_loop().call_at(self._limit_of(node.limiter), task.cancel)
            task.add_done_callback(partial(self._task_ended, timer, ended))

    def _task_ended(
        self, timer: asyncio.TimerHandle | None, ended: Ended, task: asyncio.Task[Any]
    ) -> None:
        self._tasks.discard(task)
        if timer is not None:
            timer.cancel()
        if self._over():
            if not task.cancelled():
                task.exception()
            return
        try:
            self._take(task, ended)
            self._propagate()
            self._start_tasks()
        except Exception as broken:  # noqa: BLE001 - a callback has no caller; the run raises it
            self._failure = broken
        if self._wake is not None and not self._wake.done() and (self._over() or not self._tasks):
            self._wake.set_result(None)

    def _take(self, task: asyncio.Task[Any], ended: Ended) -> None:
        if task.cancelled():
            ended(Failure(DeadlineExceeded("did not answer within the time of its optional part")))
        elif (error := task.exception()) is None:
            ended(task.result())
        elif isinstance(error, CallError):
            ended(Failure(error))
        else:
            self._failure = error

    async def _stop(self) -> None:
        for sending, _, _ in self._queue:
            sending.close()
        self._queue.clear()
        if self._tasks:
            tasks = tuple(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # Steps become ready, run, and settle.

    def _start(self, frame: Frame) -> None:
        for index in frame.scope.ready:
            self._ready.append((frame, self._node(index)))
        if frame.open == 0:
            self._end(frame)

    def _node(self, index: int) -> Node:
        node = self.program.nodes[index]
        assert node is not None
        return node

    def _propagate(self) -> None:
        while True:
            while self._ready and self._failure is None:
                frame, node = self._ready.popleft()
                self._run(frame, node)
            if self._failure is not None or self._queue or self._tasks or self._result is not UNSET:
                return
            # Nothing runs and nothing is ready: items in different branches wait for each other.
            if not any(batches.send_first() for batches in self._batches):
                return

    def _run(self, frame: Frame, node: Node) -> None:
        handler = _HANDLERS[type(node.step)]
        if node.fallible and not isinstance(
            node.step, made.Optional | made.Rescue | made.Translate | made.Quorum
        ):
            for index in node.fallible:
                value = frame.values[index]
                if type(value) is Failure:
                    self._fail(frame, node, value.error)
                    return
        handler(self, frame, node)

    def _settle(self, frame: Frame, node: Node, value: Any) -> None:
        index = node.index
        frame.values[index] = value
        for consumer in frame.scope.consumers[index]:
            frame.counts[consumer] -= 1
            if frame.counts[consumer] == 0 and frame.demanded[consumer]:
                self._ready.append((frame, self._node(consumer)))
        if frame.waiters is not None:
            for waiter in frame.waiters.pop(index, ()):
                waiter()
        frame.open -= 1
        if frame.open == 0:
            self._end(frame)

    def _end(self, frame: Frame) -> None:
        if frame.batches is not None:
            frame.batches.leave(frame)
        # The answer of the plan itself is built last, when the left-out parts are known.
        frame.ended(None if frame.scope.item < 0 else frame.outcome())

    def _fail(self, frame: Frame, node: Node, error: CallError) -> None:
        if node.guarded:
            self._settle(frame, node, Failure(error))
        elif self._failure is None:
            self._failure = self._concluded(error)

    def _concluded(self, error: CallError) -> CallError:
        # "Certainly nothing was done" no longer holds for our caller once a command went out.
        if self._command_sent and isinstance(error, NotExecuted):
            unknown = OutcomeUnknown(
                f"after a command was sent: {error}", operation=error.operation
            )
            unknown.__cause__ = error
            return unknown
        return error

    def _demand(self, frame: Frame, indices: tuple[int, ...], ended: Callable[[], None]) -> None:
        """Run the steps of a branch that is taken, then call *ended*."""
        missing = [index for index in indices if frame.values[index] is UNSET]
        if not missing:
            ended()
            return
        left = len(missing)

        def one_ended() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                ended()

        if frame.waiters is None:
            frame.waiters = {}
        for index in missing:
            frame.waiters.setdefault(index, []).append(one_ended)
            self._wake_up(frame, index)

    def _wake_up(self, frame: Frame, index: int) -> None:
        if frame.demanded[index] or frame.values[index] is not UNSET:
            return
        frame.demanded[index] = 1
        frame.open += 1
        node = self._node(index)
        if frame.counts[index] == 0:
            self._ready.append((frame, node))
            return
        for before in node.waits_for:
            self._wake_up(frame, before)

    # Calls.

    def _call(self, frame: Frame, node: Node) -> None:
        values = frame.values
        arguments = tuple([evaluate(values) for evaluate in node.evaluate])
        if node.batches and frame.batches is not None:
            frame.batches.collect(frame, node, arguments)
        else:
            self._send(frame, node, arguments)

    def _send(self, frame: Frame, node: Node, arguments: tuple[Any, ...]) -> None:
        step = node.step
        assert isinstance(step, made.Call)
        if not node.coalesces:
            self._enqueue(step.operation, arguments, node, partial(self._answered, frame, node))
            return
        try:
            key = (node.link, step.operation, arguments, node.selection)
            entry = self._known.get(key)
        except TypeError:  # an argument that cannot be a key, such as a Mapping
            self._enqueue(step.operation, arguments, node, partial(self._answered, frame, node))
            return
        if entry is None:
            self._known[key] = waiting = [(frame, node)]
            self._enqueue(
                step.operation, arguments, node, partial(self._answered_all, key, waiting)
            )
        elif isinstance(entry, list):
            entry.append((frame, node))
        else:
            self._answered(frame, node, entry[0])

    def _answered_all(self, key: Any, waiting: list[tuple[Frame, Node]], value: Any) -> None:
        self._known[key] = (value,)
        for frame, node in waiting:
            self._answered(frame, node, value)

    def _answered(self, frame: Frame, node: Node, value: Any) -> None:
        if type(value) is Failure:
            self._fail(frame, node, value.error)
            return
        if node.reports is not None and value is not None:
            parts = getattr(value, node.reports)
            if parts:
                frame.report(parts)
        self._settle(frame, node, value)

    def _enqueue(
        self, operation: Operation, arguments: tuple[Any, ...], node: Node, ended: Ended
    ) -> None:
        context = self._context_for(node)
        if not operation.safe:
            self._command_sent = True
        self.calls += 1
        self._queue.append(
            (self._links[node.link].send(operation, arguments, context), ended, node)
        )

    def _context_for(self, node: Node) -> Context:
        context = self._context
        if node.limiter is not None:
            limit = self._limit_of(node.limiter)
            return msgspec.structs.replace(
                context, deadline_s=min(limit, context.deadline_s), selection=node.selection
            )
        if node.selection is not None:
            return msgspec.structs.replace(context, selection=node.selection)
        return context

    def _limit_of(self, limiter: int) -> float:
        limit = self._limits.get(limiter)
        if limit is None:
            node = self._node(limiter)
            within_s = node.step.within_s  # type: ignore[attr-defined]  # a limiter is an Optional or a Quorum
            now_s = clock.now_s()
            limit = now_s + (
                OPTIONAL_SHARE * (self._context.deadline_s - now_s)
                if within_s is None
                else within_s
            )
            limit = min(limit, self._context.deadline_s)
            if node.limiter is not None:
                limit = min(limit, self._limit_of(node.limiter))
            self._limits[limiter] = limit
        return limit

    def _send_batch(self, waiting: list[Waiting]) -> None:
        step = waiting[0][1].step
        assert isinstance(step, made.Call)
        batch = step.operation.batch
        assert batch is not None
        for shared, members in groups_of(waiting, batch.key_index):
            by_key: dict[Any, list[Waiting]] = {}
            for entry in members:
                by_key.setdefault(entry[2][batch.key_index], []).append(entry)
            if len(by_key) == 1:
                self._send_one(members)
                continue
            keys = tuple(by_key)
            for start in range(0, len(keys), batch.batch_max):
                part = keys[start : start + batch.batch_max]
                arguments = (*shared[: batch.key_index], part, *shared[batch.key_index :])
                entries = {key: by_key[key] for key in part}
                self._enqueue(
                    batch,
                    arguments,
                    members[0][1],
                    partial(self._batch_answered, step.operation, entries),
                )

    def _send_one(self, members: list[Waiting]) -> None:
        first = members[0]
        step = first[1].step
        assert isinstance(step, made.Call)
        frames = [(frame, node) for frame, node, _ in members]

        def ended(value: Any) -> None:
            for frame, node in frames:
                self._answered(frame, node, value)

        self._enqueue(step.operation, first[2], first[1], ended)

    def _batch_answered(
        self, single: Operation, entries: dict[Any, list[Waiting]], answer: Any
    ) -> None:
        for key, waiting in entries.items():
            value = answer if type(answer) is Failure else _value_of(answer.get(key), single, key)
            for frame, node, _ in waiting:
                self._answered(frame, node, value)

    # The other words of the algebra.

    def _compute(self, frame: Frame, node: Node) -> None:
        step = node.step
        assert isinstance(step, made.Compute)
        values = [evaluate(frame.values) for evaluate in node.evaluate]
        count = len(step.arguments)
        try:
            result = step.function(
                *values[:count], **dict(zip(step.named, values[count:], strict=True))
            )
        except CallError as error:
            self._fail(frame, node, error)
        else:
            self._settle(frame, node, result)

    def _each(self, frame: Frame, node: Node) -> None:
        step = node.step
        assert isinstance(step, made.Each)
        items = tuple(node.evaluate[0](frame.values))
        if len(items) > self._bounds.items_max:
            self._fail(
                frame,
                node,
                Faulted(
                    f"{step.name} over {len(items)} items; the plan's items_max is {self._bounds.items_max}"
                ),
            )
            return
        ended = self._settle_outcomes if step.outcomes else self._settle_all
        self._bodies(frame, node, step.body, items, partial(ended, frame, node))

    def _then(self, frame: Frame, node: Node) -> None:
        step = node.step
        assert isinstance(step, made.Then)
        value = node.evaluate[0](frame.values)
        items = () if value is None else (value,)
        self._bodies(
            frame,
            node,
            step.body,
            items,
            lambda results: self._settle_all(frame, node, results, single=True),
        )

    def _bodies(
        self,
        frame: Frame,
        node: Node,
        body: Any,
        items: tuple[Any, ...],
        ended: Callable[[list[Any]], None],
    ) -> None:
        scope = self.program.scopes[body.scope]
        results: list[Any] = [None] * len(items)
        left = len(items)

        def one_ended(position: int, result: Any) -> None:
            nonlocal left
            results[position] = result
            left -= 1
            if left == 0:
                ended(results)

        frames = [
            Frame(scope, frame.values.copy(), partial(one_ended, position), frame)
            for position in range(left)
        ]
        for item, inner in zip(items, frames, strict=True):
            inner.values[scope.item] = item
        batches = frame.batches
        if batches is None and isinstance(node.step, made.Each) and scope.batching:
            batches = Batches(self._send_batch)
            self._batches.append(batches)
        if batches is not None:
            batches.enter(frame, frames, scope.batching)
        if not frames:
            ended(results)
        for inner in frames:
            self._start(inner)

    def _settle_all(
        self, frame: Frame, node: Node, results: list[Any], *, single: bool = False
    ) -> None:
        for result in results:
            if type(result) is Failure:
                self._fail(frame, node, result.error)
                return
        if single:
            self._settle(frame, node, results[0] if results else None)
        else:
            self._settle(frame, node, tuple(results))

    def _settle_outcomes(self, frame: Frame, node: Node, results: list[Any]) -> None:
        keys = node.evaluate[0](frame.values)
        self._settle(frame, node, dict(zip(keys, map(_outcome_of, results), strict=True)))

    def _when(self, frame: Frame, node: Node) -> None:
        if node.evaluate[0](frame.values):
            self._branch(frame, node, 0)
        else:
            self._settle(frame, node, None)

    def _route(self, frame: Frame, node: Node) -> None:
        step = node.step
        assert isinstance(step, made.Route)
        key = node.evaluate[0](frame.values)
        cases = list(step.cases)
        if key in cases:
            self._branch(frame, node, cases.index(key))
        else:
            self._fail(frame, node, Faulted(f"route has no case {key!r}"))

    def _branch(self, frame: Frame, node: Node, number: int) -> None:
        evaluate, indices = node.branches[number]

        def ended() -> None:
            for index in indices:
                if type(frame.values[index]) is Failure:
                    self._fail(frame, node, frame.values[index].error)
                    return
            self._settle(frame, node, evaluate(frame.values))

        self._demand(frame, indices, ended)

    def _optional(self, frame: Frame, node: Node) -> None:
        error = self._failure_in(frame, node)
        if error is None:
            self._settle(frame, node, node.evaluate[0](frame.values))
        elif isinstance(error, ABSORBED):
            frame.report((node.step.name,))
            self._settle(frame, node, None)
        else:
            self._fail(frame, node, error)

    def _failure_in(self, frame: Frame, node: Node) -> CallError | None:
        for index in node.fallible:
            value = frame.values[index]
            if type(value) is Failure:
                return value.error
        return None

    def _otherwise(self, frame: Frame, node: Node) -> None:
        value = node.evaluate[0](frame.values)
        if value is None:
            self._branch(frame, node, 0)
        else:
            self._settle(frame, node, value)

    def _rescue(self, frame: Frame, node: Node) -> None:
        step = node.step
        assert isinstance(step, made.Rescue)
        error = self._failure_in(frame, node)
        if error is None:
            self._settle(frame, node, node.evaluate[0](frame.values))
            return
        for number, kind in enumerate(step.errors):
            if isinstance(error, kind):
                self._branch(frame, node, number)
                return
        self._fail(frame, node, error)

    def _translate(self, frame: Frame, node: Node) -> None:
        step = node.step
        assert isinstance(step, made.Translate)
        error = self._failure_in(frame, node)
        if error is None:
            self._settle(frame, node, node.evaluate[0](frame.values))
            return
        replacement = next(
            (other for kind, other in step.errors.items() if isinstance(error, kind)), None
        )
        self._fail(frame, node, error if replacement is None else _translated(replacement, error))

    def _quorum(self, frame: Frame, node: Node) -> None:
        step = node.step
        assert isinstance(step, made.Quorum)
        answers: list[Any] = []
        errors: list[CallError] = []
        missing: list[str] = []
        for symbol, evaluate in zip(step.steps, node.evaluate, strict=True):
            value = frame.values[symbol.m_step.index]
            if type(value) is not Failure:
                answers.append(evaluate(frame.values))
                continue
            errors.append(value.error)
            missing.append(symbol.m_step.name)
        refused = next((error for error in errors if not isinstance(error, ABSORBED)), None)
        if refused is not None or len(answers) < step.least:
            self._fail(frame, node, refused or errors[0])
            return
        if missing:
            frame.report(missing)
        self._settle(frame, node, tuple(answers))

    def _select(self, frame: Frame, node: Node) -> None:
        step = node.step
        assert isinstance(step, made.Select)
        value = node.evaluate[0](frame.values)
        self._settle(frame, node, _shaped(value, step.shape))


def _shaped(value: Any, shape: Any) -> Any:
    # What our own caller did not ask for was not asked of the callee either; the shape is then partial.
    try:
        return msgspec.convert(value, shape, from_attributes=True)
    except msgspec.ValidationError:
        return value


def _outcome_of(result: Any) -> Any:
    return Failed.of(result.error) if type(result) is Failure else Answered(result)


def _value_of(outcome: Any, single: Operation, key: Any) -> Any:
    if outcome is None:
        return Failure(Faulted(f"the batch has no answer for {key!r}", operation=single.id))
    if isinstance(outcome, Answered):
        return outcome.value
    return Failure(error_of(outcome.problem, single.raises, single.id))


def _translated(replacement: Any, error: CallError) -> CallError:
    if isinstance(replacement, type) and issubclass(replacement, Rejected):
        made_error: CallError = replacement(
            **{name: getattr(error, name) for name in replacement.structure().__struct_fields__}
        )
    else:
        made_error = replacement(error)
    made_error.__cause__ = error
    return made_error


_HANDLERS: dict[type[made.Step], Callable[[Run, Frame, Node], None]] = {
    made.Call: Run._call,
    made.Compute: Run._compute,
    made.Each: Run._each,
    made.Then: Run._then,
    made.When: Run._when,
    made.Route: Run._route,
    made.Optional: Run._optional,
    made.Otherwise: Run._otherwise,
    made.Rescue: Run._rescue,
    made.Translate: Run._translate,
    made.Quorum: Run._quorum,
    made.Select: Run._select,
}
