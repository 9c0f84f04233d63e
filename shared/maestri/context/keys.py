"""
Idempotency keys of commands: the same request sent again makes the same keys.

Formula: the hash of the parent's key, the name of the run, the path of the step, whether it is done
or compensated, and the keys of the items around it; never of a counter or a position. So a
participant that was sent a command twice can tell, whatever else has changed in the meantime.
"""

import hashlib
from typing import Any

import msgspec

from maestri.context.call_context import Context

KEY_BYTES = 16
_encode = msgspec.json.Encoder(order="deterministic").encode


def child_key(
    context: Context, path: str, item_keys: tuple[Any, ...] = (), *, direction: str = "do"
) -> str | None:
    """Return the key of what is sent at *path* for the operation in progress, if that has one."""
    if context.key is None:
        return None
    parts = (context.key, context.run_name, path, direction, item_keys)
    return hashlib.blake2b(encoded_key(parts), digest_size=KEY_BYTES).hexdigest()


def encoded_key(key: Any) -> bytes:
    """Return bytes that are equal for equal keys, in every process: sets and mappings in order."""
    return _encode(key)
