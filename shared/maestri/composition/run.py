"""One run of a plan: as parallel as the data flow allows."""

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from maestri.composition.calls_in_flight import CallsInFlight
from maestri.composition.faults import BROKEN, broke
from maestri.composition.frame import UNSET, Failure, Frame
from maestri.composition.sender import Sender, no_receiver
from maestri.errors import CallError, Faulted, Rejected
from maestri.plans import Block, Node, Program

Action = Callable[["Run", Frame, Node], None]


class FailurePolicy(Protocol):
    """What the failure of a step does that nobody in the plan handles."""

    @property
    def failure(self) -> CallError | None:
        """Return the error with which the run has ended, if it has."""
        ...

    def failed(self, node: Node | None, error: CallError) -> None:
        """Take note of the failure of a step; None is the plan's result."""
        ...


class FailFast:
    """The first failure that nobody handles ends the run."""

    def __init__(self) -> None:
        self.failure: CallError | None = None

    def failed(self, node: Node | None, error: CallError) -> None:
        """Keep the first."""
        del node
        if self.failure is None:
            self.failure = error


class Run:
    """
    One run of a program: steps become ready, run, and settle, until the result is complete.

    Args:
        program: What runs.
        actions: By index, what each step does that is not made of values alone.
        sender: Makes the calls.
        calls: Where the sender sends them.
        policy: What a failure does that nobody handles.

    Attributes:
        left_out: Public names of the parts that are missing from the result.
    """

    __slots__ = (
        "_actions",
        "_calls",
        "_policy",
        "_ready",
        "_result",
        "left_out",
        "program",
        "sender",
    )

    def __init__(
        self,
        program: Program,
        actions: list[Action | None],
        sender: Sender,
        calls: CallsInFlight,
        policy: FailurePolicy,
    ) -> None:
        self.program = program
        self.sender = sender
        self.left_out: frozenset[str] = frozenset()
        self._actions = actions
        self._calls = calls
        self._policy = policy
        self._ready: deque[tuple[Frame, Node]] = deque()
        self._result: Any = UNSET
        sender.on_result(self.receive)

    async def execute(self, inputs: tuple[Any, ...]) -> Any:
        """
        Return the result of the plan.

        Raises:
            CallError: Of the first required step that failed; by then no call is running.
        """
        values = [UNSET] * self.program.size
        for index, value in zip(self.program.inputs, inputs, strict=True):
            values[index] = value
        frame = Frame(self.program.blocks[0], values, self._finish, None)
        try:
            self.start(frame)
            self._propagate()
            while self._result is UNSET and self._policy.failure is None:
                assert self._calls.busy, "nothing runs, so nothing can become ready"
                await self._calls.advance()
                self._propagate()
        finally:
            if self._calls.running:
                await self._calls.stop()
            # What is in no circle needs no collector.
            frame.close()
            self._calls.close()
            self.sender.on_result(no_receiver)
        if self._policy.failure is not None:
            raise self._policy.failure
        self.left_out = frozenset(frame.left_out or ())
        return self._result

    def start(self, frame: Frame) -> None:
        """Run the steps of *frame* that wait for nothing."""
        block = frame.block
        nodes = self.program.nodes
        late = self._wait_for_captures(frame) if block.captures else None
        for index in block.ready:
            if late is None or index not in late:
                self._ready.append((frame, nodes[index]))  # type: ignore[arg-type]  # it is live
        if frame.open == 0:
            self._end(frame)

    def enter(self, frame: Frame, node: Node, block: Block, items: tuple[Any, ...]) -> list[Frame]:
        """
        Return a frame for each item of a body; the caller says what happens when they end.

        Args:
            frame: Where the step is that the body belongs to.
            node: That step.
            block: The body.
            items: What it is about, one by one; a body that is about nothing gets one None.
        """
        if block.collects:
            self.sender.expect(frame, block.collects, len(items))
        frames = []
        for position, item in enumerate(items):
            inner = Frame(block, frame.values.copy(), _no_receiver, frame)
            inner.position = position
            if block.item >= 0:
                inner.values[block.item] = item
            if block.key is not None:
                inner.item_keys = (*frame.item_keys, block.key(inner.values))
            frames.append(inner)
        self.leave(frame, node)
        return frames

    def leave(self, frame: Frame, node: Node) -> None:
        """Note that *node* will make no more collected calls itself."""
        if node.collects:
            self.sender.release(frame, node.collects)

    def settle(self, frame: Frame, node: Node, value: Any) -> None:
        """Give a step its value; what waited for it may be ready now."""
        index = node.index
        frame.values[index] = value
        counts, nodes = frame.counts, self.program.nodes
        for consumer in frame.block.consumers[index]:
            counts[consumer] -= 1
            if counts[consumer] == 0:
                self._ready.append((frame, nodes[consumer]))  # type: ignore[arg-type]  # it is live
        if frame.inner is not None and index in frame.inner:
            for inner in frame.inner.pop(index):
                self._captured(inner, index, value)
        frame.open -= 1
        if frame.open == 0:
            self._end(frame)

    def fail(self, frame: Frame, node: Node, error: CallError) -> None:
        """Let a step fail: for whoever handles it, or for the whole run."""
        if node.handled:
            self.settle(frame, node, Failure(error))
        else:
            self._policy.failed(node, error)

    def receive(self, frame: Frame, node: Node, result: Any) -> None:
        """Take the result of a call, or its Failure."""
        if type(result) is Failure:
            self.fail(frame, node, result.error)
            return
        if node.reports is not None and result is not None:
            parts = node.reports(result)
            if parts:
                frame.report([f"{node.part}.{part}" for part in parts])
        self.settle(frame, node, result)

    def computed(self, value: Callable[[list[Any]], Any], frame: Frame, what: str) -> Any:
        """Return a value that is made of values, or its Failure."""
        try:
            return value(frame.values)
        except (Rejected, Faulted) as error:
            return Failure(error)
        except BROKEN as error:
            return Failure(self._fault(what, error))

    def _fault(self, what: str, error: BaseException) -> Faulted:
        return broke(f"{what} of plan {self.program.plan.name}", error)

    def _propagate(self) -> None:
        ready, policy, actions = self._ready, self._policy, self._actions
        while True:
            while ready and policy.failure is None:
                frame, node = ready.popleft()
                if node.fallible and not node.handles:
                    error = frame.failure_in(node.fallible)
                    if error is not None:
                        self.leave(frame, node)
                        self.fail(frame, node, error)
                        continue
                if node.value is None:
                    self._act(frame, node, actions[node.index])
                    continue
                value = self.computed(node.value, frame, node.path)
                if type(value) is Failure:
                    self.fail(frame, node, value.error)
                else:
                    self.settle(frame, node, value)
            if policy.failure is None:
                self.sender.flush()
            # What was collected may be known already, and make more steps ready.
            if not ready or policy.failure is not None:
                return

    def _act(self, frame: Frame, node: Node, action: Action | None) -> None:
        assert action is not None, f"nothing is known to do for {node.path}"
        try:
            action(self, frame, node)
        except BROKEN as error:
            self.leave(frame, node)
            self.fail(frame, node, self._fault(node.path, error))

    def _wait_for_captures(self, frame: Frame) -> set[int] | None:
        """Let the steps of *frame* wait for those outside that have not ended; return them."""
        block, values = frame.block, frame.values
        late: set[int] | None = None
        for index in block.captures:
            if values[index] is not UNSET:
                continue
            for consumer in block.capture_consumers.get(index, ()):
                frame.counts[consumer] += 1
                late = late or set()
                late.add(consumer)
            if index in block.result_captures:
                frame.open += 1
            around = frame.parent
            assert around is not None
            if around.inner is None:
                around.inner = {}
            around.inner.setdefault(index, []).append(frame)
        return late

    def _captured(self, frame: Frame, index: int, value: Any) -> None:
        """Give a frame the value of a step outside that it waits for, and those inside it."""
        frame.values[index] = value
        block, nodes = frame.block, self.program.nodes
        for consumer in block.capture_consumers.get(index, ()):
            frame.counts[consumer] -= 1
            if frame.counts[consumer] == 0:
                self._ready.append((frame, nodes[consumer]))  # type: ignore[arg-type]  # it is live
        if frame.inner is not None and index in frame.inner:
            for inner in frame.inner.pop(index):
                self._captured(inner, index, value)
        if index in block.result_captures:
            frame.open -= 1
            if frame.open == 0:
                self._end(frame)

    def _end(self, frame: Frame) -> None:
        error = frame.failure_in(frame.block.fallible) if frame.block.fallible else None
        ended = frame.ended
        frame.close()
        if error is not None:
            ended(Failure(error))
        else:
            ended(self.computed(frame.block.result, frame, "the result"))

    def _finish(self, result: Any) -> None:
        self._result = result
        if type(result) is Failure:
            self._policy.failed(None, result.error)


def _no_receiver(result: Any) -> None:
    raise AssertionError(f"nobody waits for {result}")
