"""A form becomes a message: each field is read as a parameter of that type would be."""

import inspect
from typing import Any

import msgspec

from maestri.contracts.message import is_constrained, item_of
from maestri.contracts.parameter import Parameter
from maestri.contracts.request_text import left_out, query_fields, reader_of, single, without_nul
from maestri.errors import InvalidRequest


class FormReader:
    """
    Read the forms of one message type.

    Args:
        kind: The message type.
        strict: Whether fields that it does not have are refused, and unknown members of an enum.
    """

    def __init__(self, kind: Any, *, strict: bool) -> None:
        self._kind = kind
        self._strict = strict
        self._fields = [_parameter(field) for field in msgspec.structs.fields(kind)]
        self._readers = [reader_of(field, strict=strict) for field in self._fields]

    def read(self, body: bytes) -> Any:
        """
        Return the message in *body*.

        Raises:
            InvalidRequest: Names the field and what is wrong with it.
        """
        texts = query_fields(body, "body")
        found: dict[str, Any] = {}
        for field, read in zip(self._fields, self._readers, strict=True):
            given = texts.pop(field.wire, None)
            if given is not None:
                found[field.name] = read(given if field.many else single(given, field.wire))
            elif field.required:
                found[field.name] = left_out(field)
        for name, given in texts.items():
            if self._strict:
                raise InvalidRequest(field=name, reason="is not a field of this form")
            for text in given:
                without_nul(text, name)
        return self._kind(**found)


def _parameter(field: msgspec.structs.FieldInfo) -> Parameter:
    return Parameter(
        name=field.name,
        wire=field.encode_name,
        place="form",
        kind=field.type,
        # What has a default is left to the message.
        default=inspect.Parameter.empty if field.required else None,
        constrained=is_constrained(field.type),
        many=item_of(field.type) is not None,
    )
