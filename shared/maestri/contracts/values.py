"""Values that arrive as they were sent, whatever link carries them."""

import math
import re
from collections.abc import Iterator
from typing import Any

import msgspec

NUL = "\x00"

_pack = msgspec.msgpack.Encoder().encode
# How floats begin that are not finite, and those above 1e303.
_MAYBE_ENDLESS = re.compile(rb"\xcb[\x7f\xff]")


def flaw_of(value: Any, *, nul: bool = True, floats: bool = True) -> str | None:
    """
    Return what keeps *value* from arriving as it is; None if nothing does.

    Text is Unicode without lone surrogates, numbers are finite, integers have 64 bits. JSON would
    turn NaN into null, and other formats have no larger integers.

    Args:
        value: Anything that a message may hold.
        nul: Whether text may hold NUL characters; databases refuse them, so arguments may not.
        floats: Whether there may be a float in it.
    """
    try:
        packed = _pack(value)
    except UnicodeEncodeError:
        return "is not Unicode text"
    except OverflowError:
        return "has an integer of more than 64 bits"
    except RecursionError:
        return "is nested too deeply"
    except (TypeError, ValueError) as mismatch:
        return f"cannot be sent: {mismatch}"
    # Searching the bytes is fast, and nearly always enough: then nothing is looked at one by one.
    if floats and _MAYBE_ENDLESS.search(packed) and not all(map(_is_finite, _leaves(packed))):
        return "has a number that is not finite"
    if not nul and b"\0" in packed and any(map(_has_nul, _leaves(packed))):
        return "has a NUL character"
    return None


def _is_finite(leaf: Any) -> bool:
    return not isinstance(leaf, float) or math.isfinite(leaf)


def _has_nul(leaf: Any) -> bool:
    return isinstance(leaf, str) and NUL in leaf


def _leaves(packed: bytes) -> Iterator[Any]:
    waiting = [msgspec.msgpack.decode(packed, strict=False)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list | tuple):
            waiting += value
        else:
            yield value
