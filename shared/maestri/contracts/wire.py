"""How an operation's arguments and responses look in HTTP; the same rules for both sides."""

import decimal
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any, get_origin

import msgspec

from maestri.contracts.exactness import Test, exactness_of
from maestri.contracts.message import is_constrained, kinds_in, resolved
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


class Narrowing:
    """
    What one selection makes of an operation's result; each part is compiled when it is first used.

    Attributes:
        selection: Normalized; None is all of it.
        kind: Type of the partial result.
    """

    def __init__(self, operation: Operation, selection: Selection | None) -> None:
        self._whole = operation.result
        self.selection = normalized(selection, self._whole)
        self.kind = narrowed(self._whole, self.selection)

    @cached_property
    def text(self) -> str | None:
        """The selection as a caller sends it; None where it sends none."""
        sent = sent_selection(self.selection, self._whole)
        return None if sent is None else str(sent)

    @cached_property
    def decoder(self) -> msgspec.json.Decoder[Any]:
        """What decodes a partial result."""
        return msgspec.json.Decoder(self.kind)

    @cached_property
    def project(self) -> Projection:
        """What makes a whole result partial."""
        return projection(self._whole, self.selection)

    @cached_property
    def arrives(self) -> Test:
        """What tells whether a partial result would arrive as it is."""
        is_checked = is_constrained(self.kind) or _holds_mapping(self.kind)
        return _never if is_checked else exactness_of(self.kind)


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
        self.received_selection = lru_cache(maxsize=NARROWINGS_MAX)(self._received_selection)
        self._whole = Narrowing(operation, None)
        self._narrowings: dict[Selection, Narrowing] = {}
        self._floats = not {float, decimal.Decimal}.isdisjoint(kinds_in(operation.result))
        self._is_void = operation.result is type(None)
        self._is_mapping = get_origin(resolved(operation.result)) is Mapping

    def result(self, body: bytes, selection: Selection | None) -> Any:
        """Return the value in a response's body; a partial one if *selection* is given."""
        if self._is_void:
            return None
        try:
            narrowing = self._whole if selection is None else self.narrowing(selection)
            return narrowing.decoder.decode(body)
        except (msgspec.MsgspecError, ValueError, RecursionError) as mismatch:
            raise Faulted(
                f"responded with what does not fit: {mismatch}", operation=self.operation.id
            ) from mismatch

    def body(self, value: Any, selection: Selection | None) -> bytes:
        """Return the body of the response *value*, with only the selected fields."""
        if selection is not None:
            value = self.narrowing(selection).project(value)
        self._refuse_flaws(value)
        return msgspec.json.encode(value)

    def passed(self, value: Any, narrowing: Narrowing | None) -> Any:
        """
        Return the result *value* as a caller in this process gets it: uncopied where that is safe.

        What type checkers see is not checked again; what they cannot is: constraints, values that
        would not arrive, and those of a subclass of what is declared, in messages, too. What is
        partial already, because a callee further down was asked for the same, passes as it is. A
        Mapping is copied: who has made the dict may go on changing it.
        """
        if self._is_void:
            return None
        wanted = narrowing or self._whole
        arrives = wanted.arrives(value)
        if not arrives and narrowing is not None:
            value = narrowing.project(value)
            arrives = wanted.arrives(value)
        self._refuse_flaws(value)
        if arrives:
            return value.copy() if self._is_mapping else value
        return self.result(msgspec.json.encode(value), wanted.selection)

    def _refuse_flaws(self, value: Any) -> None:
        flaw = flaw_of(value, floats=self._floats)
        if flaw is not None:
            raise ValueError(f"a result that {flaw}")

    def narrowing(self, selection: Selection) -> Narrowing:
        """Return what *selection* makes of the result; made once for the last 256 selections."""
        # Half the time of lru_cache, which matters: small results are decoded in 0.1 us.
        return self._narrowings.get(selection) or self._narrowed(selection)

    def _narrowed(self, selection: Selection) -> Narrowing:
        if len(self._narrowings) == NARROWINGS_MAX:
            del self._narrowings[next(iter(self._narrowings))]
        made = self._narrowings[selection] = Narrowing(self.operation, selection)
        return made

    def _received_selection(self, text: str) -> Selection | None:
        return received_selection(text, self.operation.result)


def _holds_mapping(kind: Any) -> bool:
    """Tell whether there is a Mapping within values of *kind*; not whether they are one."""
    mappings = sum(get_origin(part) is Mapping for part in kinds_in(kind))
    return mappings > (get_origin(resolved(kind)) is Mapping)


def _never(_: Any) -> bool:
    return False


@lru_cache(maxsize=CODECS_MAX)
def codec_of(operation: Operation) -> Codec:
    """Return the one codec of *operation*."""
    return Codec(operation)


__all__ = ["Codec", "Narrowing", "ReceivedRequest", "Request", "codec_of"]
