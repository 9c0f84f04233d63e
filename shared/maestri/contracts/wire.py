"""How an operation's arguments and responses look in HTTP; the same rules for both sides."""

from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from maestri.contracts.exactness import exactness_of
from maestri.contracts.message import is_constrained, kinds_in
from maestri.contracts.narrowing import Projection, narrowed, projection
from maestri.contracts.operation import Operation
from maestri.contracts.request_reader import ReceivedRequest, RequestReader
from maestri.contracts.request_writer import Request, RequestWriter
from maestri.contracts.selection import (
    Selection,
    normalized,
    received_selection,
    sent_selection,
)
from maestri.contracts.values import flaw_of
from maestri.errors import Faulted

NARROWINGS_MAX = 256
CODECS_MAX = 4_096


class Narrowing(NamedTuple):
    """
    What one selection makes of an operation's result, compiled once.

    Attributes:
        selection: Normalized; None is all of it.
        text: As a caller sends it; None where it sends none.
        decoder: Of the partial result.
        project: Makes a whole result partial.
    """

    selection: Selection | None
    text: str | None
    decoder: msgspec.json.Decoder[Any]
    project: Projection


class Codec:
    """
    Encode and decode the calls of one operation; made once, then nothing is looked up per call.

    Raises:
        InvalidRequest: From what takes arguments: names the field and what is wrong with it.
        Faulted: From ``result``: the callee answered what does not fit the contract.
        ValueError: From ``body`` and ``passed``: the result cannot be sent.
    """

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self._writer = RequestWriter(operation)
        self._reader = RequestReader(operation)
        self.has_body = self._reader.body_kind is not None
        self.expected = self._reader.expected
        self.request = self._writer.request
        self.checked = self._writer.checked
        self.copied_arguments = self._writer.copied
        self.arguments = self._reader.arguments
        self.narrowing = lru_cache(maxsize=NARROWINGS_MAX)(self._narrowing)
        self.received_selection = lru_cache(maxsize=NARROWINGS_MAX)(self._received_selection)
        self._whole = self._narrowing(None)
        self._constrained = is_constrained(operation.result)
        self._is_exact = exactness_of(operation.result)
        self._floats = float in kinds_in(operation.result)

    def result(self, body: bytes, selection: Selection | None) -> Any:
        """Return the value in a response's body; a partial one if *selection* is given."""
        if self.operation.result is type(None):
            return None
        try:
            return self._narrowed_by(selection).decoder.decode(body)
        except (msgspec.MsgspecError, ValueError, RecursionError) as mismatch:
            raise Faulted(
                f"responded with what does not fit: {mismatch}", operation=self.operation.id
            ) from mismatch

    def body(self, value: Any, selection: Selection | None) -> bytes:
        """Return the body of the response *value*, with only the selected fields."""
        return msgspec.json.encode(self._sendable(value, selection))

    def passed(self, value: Any, selection: Selection | None) -> Any:
        """
        Return the result *value* as a caller in this process gets it: uncopied where that is safe.

        What type checkers see is not checked again; what they cannot is: constraints, values that
        would not arrive, and plain ones of a subclass of what is declared (outside of messages).
        """
        if self.operation.result is type(None):
            return None
        if self._constrained or (self._is_exact is not None and not self._is_exact(value)):
            return self.result(self.body(value, selection), selection)
        return self._sendable(value, selection)

    def _sendable(self, value: Any, selection: Selection | None) -> Any:
        if selection is not None:
            value = self._narrowed_by(selection).project(value)
        flaw = flaw_of(value, floats=self._floats)
        if flaw is not None:
            raise ValueError(f"a result that {flaw}")
        return value

    def _narrowed_by(self, selection: Selection | None) -> Narrowing:
        return self._whole if selection is None else self.narrowing(selection)

    def _narrowing(self, selection: Selection | None) -> Narrowing:
        kind = self.operation.result
        meant = normalized(selection, kind)
        sent = sent_selection(meant, kind)
        return Narrowing(
            meant,
            None if sent is None else str(sent),
            msgspec.json.Decoder(narrowed(kind, meant)),
            projection(kind, meant),
        )

    def _received_selection(self, text: str) -> Selection | None:
        return received_selection(text, self.operation.result)


@lru_cache(maxsize=CODECS_MAX)
def codec_of(operation: Operation) -> Codec:
    """Return the one codec of *operation*."""
    return Codec(operation)


__all__ = ["Codec", "Narrowing", "ReceivedRequest", "Request", "codec_of"]
