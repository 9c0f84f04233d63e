"""The seam between caller and callee: one method."""

from typing import Any, Protocol

from maestri.context import Context
from maestri.contracts import Operation


class Link(Protocol):
    """
    How a call reaches a component.

    A link carries calls and nothing else: ``send_call`` records them, refuses what has no time
    left, and remembers what may have acted, for every link. Its duties are these:

    - *One call.* The callee acts at most once, unless the operation is idempotent.
    - *The truth.* It raises NotExecuted only if the callee certainly did nothing. Whatever it
      cannot tell is OutcomeUnknown. A declared error is raised as the class that it was.
    - *The deadline.* No try begins after it, and a callee gets no more time than is left.
    - *Cancellation.* When its caller is cancelled it stops waiting at once and lets nothing leak.
    - *The context.* Identity, priority, key, selection and the ids of request and span arrive.

    It may have an attribute ``kind``, the word by which a trace tells what carried a call. A policy
    is a function ``Link -> Link``: it sends over the link it is given, and has the same duties.
    """

    async def send(self, operation: Operation, arguments: tuple[Any, ...], context: Context) -> Any:
        """
        Carry one call and return its result.

        Args:
            operation: What to call.
            arguments: In the order of the operation's signature, defaults filled in.
            context: Of the caller. Its deadline bounds the call; its *selection* says which fields
                of the result are needed, None all of them.

        Returns:
            The result: of the declared type, or of that type narrowed to the selection.

        Raises:
            NotExecuted: Certainly nothing was done.
            OutcomeUnknown: No response; the callee may have acted.
            Rejected: A declared business error, of the class that was raised.
            Faulted: The callee broke.
        """
        ...
