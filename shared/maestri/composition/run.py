"""One run of a plan in memory: as parallel as the data flow allows."""

from collections import deque
from typing import Any

from maestri.composition.calls_in_flight import CallsInFlight
from maestri.composition.frame import UNSET, Failure, Frame
from maestri.composition.sender import Sender
from maestri.composition.words import WORDS
from maestri.context import Context
from maestri.errors import CallError, NotExecuted, OutcomeUnknown
from maestri.links import Link
from maestri.plans import Branch, Node, Program


class Run:
    """
    One run of a program: steps become ready, run, and settle, until the answer is complete.

    Which calls are made follows from the plan and the answers alone, never from who answers first.

    Attributes:
        left_out: Public names of the parts that are missing from the answer.
        calls: Those that were sent.
    """

    def __init__(self, program: Program, links: list[Link], context: Context) -> None:
        self.program = program
        self.left_out: frozenset[str] = frozenset()
        self.calls = CallsInFlight(program.plan.bounds.in_flight_max)
        self.sender = Sender(program, links, context, self.calls, self.answered)
        self._ready: deque[tuple[Frame, Node]] = deque()
        self._ended = False
        self._failure: CallError | None = None

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
            self.start(frame)
            self._propagate()
            while not self._over:
                await self.calls.wait()
                self._propagate()
        finally:
            await self.calls.stop()
        if self._failure is not None:
            raise self._failure
        self.left_out = frozenset(frame.left_out or ())
        return frame.outcome()

    def start(self, frame: Frame) -> None:
        """Run the steps of *frame* that wait for nothing."""
        nodes = self.program.nodes
        for index in frame.scope.ready:
            self._ready.append((frame, nodes[index]))  # type: ignore[arg-type]  # it is live
        if frame.open == 0:
            self._end(frame)

    def settle(self, frame: Frame, node: Node, value: Any) -> None:
        """Give a step its value; what waited for it may be ready now."""
        index = node.index
        frame.values[index] = value
        counts, nodes = frame.counts, self.program.nodes
        for consumer in frame.scope.consumers[index]:
            counts[consumer] -= 1
            if counts[consumer] == 0 and frame.demanded[consumer]:
                self._ready.append((frame, nodes[consumer]))  # type: ignore[arg-type]  # it is live
        if frame.waiters is not None:
            for waiter in frame.waiters.pop(index, ()):
                waiter()
        frame.open -= 1
        if frame.open == 0:
            self._end(frame)

    def fail(self, frame: Frame, node: Node, error: CallError) -> None:
        """Let a step fail: for whoever absorbs it, or for the whole run."""
        if node.guarded:
            self.settle(frame, node, Failure(error))
        elif self._failure is None:
            self._failure = self._concluded(error)

    def answered(self, frame: Frame, node: Node, answer: Any) -> None:
        """Take the answer of a call, or its Failure."""
        if type(answer) is Failure:
            self.fail(frame, node, answer.error)
            return
        if node.reports is not None and answer is not None:
            parts = node.reports(answer)
            if parts:
                frame.report(parts)
        self.settle(frame, node, answer)

    def take(self, frame: Frame, node: Node, branch: Branch) -> None:
        """Run what *branch* needs, then settle *node* with its value."""
        missing = [index for index in branch.needs if frame.values[index] is UNSET]
        if not missing:
            self._settle_branch(frame, node, branch)
            return
        left = len(missing)

        def one_ended() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                self._settle_branch(frame, node, branch)

        if frame.waiters is None:
            frame.waiters = {}
        for index in missing:
            frame.waiters.setdefault(index, []).append(one_ended)
            self._demand(frame, index)

    @property
    def _over(self) -> bool:
        return self._ended or self._failure is not None

    def _propagate(self) -> None:
        ready = self._ready
        while True:
            while ready and self._failure is None:
                frame, node = ready.popleft()
                error = None
                if node.fallible and not node.absorbs:
                    error = frame.failure_in(node.fallible)
                if error is None:
                    WORDS[type(node.step)](self, frame, node)
                else:
                    self.fail(frame, node, error)
            # Where items take different branches, one waits for a call that another never makes.
            if self._over or self.calls.busy or not self.sender.send_collected():
                return

    def _settle_branch(self, frame: Frame, node: Node, branch: Branch) -> None:
        error = frame.failure_in(branch.fallible)
        if error is None:
            self.settle(frame, node, branch.evaluate(frame.values))
        else:
            self.fail(frame, node, error)

    def _demand(self, frame: Frame, index: int) -> None:
        if frame.demanded[index] or frame.values[index] is not UNSET:
            return
        frame.demanded[index] = 1
        frame.open += 1
        node = self._node(index)
        if frame.counts[index] == 0:
            self._ready.append((frame, node))
        for before in node.waits_for:
            self._demand(frame, before)

    def _node(self, index: int) -> Node:
        node = self.program.nodes[index]
        assert node is not None
        return node

    def _end(self, frame: Frame) -> None:
        if frame.batches is not None:
            frame.batches.leave(frame)
        frame.ended(None if frame.parent is None else frame.outcome())

    def _finish(self, _: Any) -> None:
        # The answer is built when nothing runs any more: then the left-out parts are known.
        self._ended = True

    def _concluded(self, error: CallError) -> CallError:
        # "Certainly nothing was done" does not hold for our caller once a command may have acted.
        if not isinstance(error, NotExecuted) or not self.calls.may_have_acted:
            return error
        unknown = OutcomeUnknown(f"after a command was sent: {error}", operation=error.operation)
        unknown.__cause__ = error
        return unknown
