"""Where a client is in a list, in a text that only we can write."""

import base64
import binascii
from typing import TypeVar

import msgspec

from maestri.contracts import Message
from maestri.edge.signer import Signer
from maestri.errors import InvalidRequest

M = TypeVar("M", bound=Message)


def encode_cursor(place: Message, signer: Signer) -> str:
    """Return *place* as an opaque text for a URL."""
    encoded = base64.urlsafe_b64encode(msgspec.msgpack.encode(place)).decode().rstrip("=")
    return signer.sign(encoded)


def decode_cursor(text: str, kind: type[M], signer: Signer) -> M:
    """
    Return the place that ``encode_cursor`` wrote.

    Raises:
        InvalidRequest: Of the field ``cursor``: it is not ours, or of an older form.
    """
    encoded = signer.unsign(text)
    if encoded is None:
        raise InvalidRequest(field="cursor", reason="was not given out by this service")
    try:
        padded = encoded + "=" * (-len(encoded) % 4)
        return msgspec.msgpack.decode(base64.urlsafe_b64decode(padded), type=kind)
    except (binascii.Error, msgspec.DecodeError) as mismatch:
        raise InvalidRequest(
            field="cursor", reason="is no longer valid; start from the first page"
        ) from mismatch
