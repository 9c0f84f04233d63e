"""The seam between caller and callee: one method."""

from typing import Any, Protocol

from maestri.context import Context
from maestri.contracts import Operation


class Link(Protocol):
    """How a call reaches a component."""

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
