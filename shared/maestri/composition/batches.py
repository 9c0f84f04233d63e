"""Calls of the items of an ``each`` are collected, and sent as one when all have had their say."""

from collections.abc import Callable, Iterator
from typing import Any

from maestri.composition.frame import Frame
from maestri.plans import Node

Waiting = tuple[Frame, Node, tuple[Any, ...]]


class Batches:
    """
    The collected calls of one outermost ``each``.

    Every frame holds a token for each call that it may still make; it gives the token back by
    making the call or by ending without. When no token of a call is left, the collected calls are
    sent. So what is sent does not depend on who answers first.
    """

    def __init__(self, send: Callable[[list[Waiting]], None]) -> None:
        self._send = send
        self._tokens: dict[int, int] = {}
        self._waiting: dict[int, list[Waiting]] = {}

    def enter(self, parent: Frame, frames: list[Frame], batching: frozenset[int]) -> None:
        """Hand the parent's tokens on to the frames of a body: one each."""
        for index in batching:
            held = 0
            if parent.held is not None and index in parent.held:
                parent.held.discard(index)
                held = 1
            self._tokens[index] = self._tokens.get(index, 0) - held + len(frames)
        for frame in frames:
            frame.batches = self
            frame.held = set(batching)
        for index in batching:
            self._send_if_complete(index)

    def collect(self, frame: Frame, node: Node, arguments: tuple[Any, ...]) -> None:
        """Take one call; its frame gives its token back."""
        self._waiting.setdefault(node.index, []).append((frame, node, arguments))
        self._release(frame, node.index)

    def leave(self, frame: Frame) -> None:
        """Take back the tokens of a frame that has ended."""
        for index in tuple(frame.held or ()):
            self._release(frame, index)

    def send_first(self) -> bool:
        """
        Send the first calls that wait although tokens are out; tell whether there were any.

        Needed where items take different branches: one waits for a call that another never makes.
        """
        for index in sorted(self._waiting):
            self._send(self._waiting.pop(index))
            return True
        return False

    def _release(self, frame: Frame, index: int) -> None:
        if frame.held is not None and index in frame.held:
            frame.held.discard(index)
            self._tokens[index] -= 1
            self._send_if_complete(index)

    def _send_if_complete(self, index: int) -> None:
        if self._tokens[index] == 0 and index in self._waiting:
            self._send(self._waiting.pop(index))


def groups_of(
    waiting: list[Waiting], key_index: int
) -> Iterator[tuple[tuple[Any, ...], list[Waiting]]]:
    """Yield the calls that differ in their key alone, with the arguments that they share."""
    groups: list[tuple[tuple[Any, ...], list[Waiting]]] = []
    for entry in waiting:
        shared = (*entry[2][:key_index], *entry[2][key_index + 1 :])
        for known, members in groups:
            if known == shared:
                members.append(entry)
                break
        else:
            groups.append((shared, [entry]))
    yield from groups
