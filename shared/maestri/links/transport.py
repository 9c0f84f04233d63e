"""The seam between a remote call and how it travels: one method that makes one try."""

from typing import Any, Protocol

import msgspec

from maestri.context import Context
from maestri.contracts import Operation


class Attempt(msgspec.Struct, frozen=True, gc=False):
    """
    One try of one call.

    Attributes:
        operation, arguments, context: The call, as its Link has it.
        address: The replica that gets it.
        fresh: Whether nothing kept may carry it, such as an idle connection: the last try was lost.
    """

    operation: Operation
    arguments: tuple[Any, ...]
    context: Context
    address: str
    fresh: bool = False

    @property
    def deadline_s(self) -> float:
        """When the try must have ended, on the running loop's clock."""
        return self.context.deadline_s


class Transport(Protocol):
    """
    Carry calls to other processes; ``RemoteLink`` does all that is the same for every one of them.

    It has an attribute ``kind``, the word by which a trace tells what carried a call.
    """

    @property
    def kind(self) -> str:
        """Return the word by which a trace tells what carried a call."""
        ...

    async def send(self, attempt: Attempt) -> Any:
        """
        Make one try and return what the callee responded: the result, or the error it raised.

        The result is of the declared type, or of that type narrowed to the selection; of an
        operation that streams it is an asynchronous iterator of bytes, whose ``aclose`` drops the
        rest. Cancelling the try frees what it holds at once.

        Raises:
            InvalidRequest: The arguments cannot be sent.
            ConnectFailed: Certainly nothing was sent; nobody listens at the address.
            LostBeforeResponse: The try was lost before a response began, as happens to a kept
                connection that the callee has just closed.
            ConnectionLost: It was lost within the response.
            DeadlineExceeded: There was no response before the deadline.
            Faulted: What came back cannot be understood, or is too large.
        """
        ...
