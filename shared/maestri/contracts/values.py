"""Values that arrive as they were sent, whatever link carries them."""

import datetime as dt
import decimal
import math
import re
from collections.abc import Iterator
from typing import Any

import msgspec

NUL = "\x00"

_pack = msgspec.msgpack.Encoder().encode
# How floats begin that are not finite, and those above 1e303.
_MAYBE_ENDLESS = re.compile(rb"\xcb[\x7f\xff]")
# How times with an offset begin; the second byte is in few messages, and a number is found fast.
_MAYBE_INSTANT = re.compile(rb"[\xd6\xd7]\xff|\xc7\x0c\xff")
_EXTENSION = 0xFF
_LEAVES = (dt.datetime, decimal.Decimal)
_MINUTE = dt.timedelta(minutes=1)


def flaw_of(value: Any, *, nul: bool = True, floats: bool = True) -> str | None:
    """
    Return what keeps *value* from arriving as it is; None if nothing does.

    Text is Unicode without lone surrogates, numbers are finite, integers have 64 bits, offsets from
    UTC are whole minutes. JSON would turn NaN into null and cut an offset's seconds off, and other
    formats have no larger integers.

    Args:
        value: Anything that a message may hold.
        nul: Whether text may hold NUL characters; databases refuse them, so arguments may not.
        floats: Whether there may be a float or a Decimal in it.
    """
    try:
        packed = _pack(value)
    except UnicodeEncodeError:
        return "is not Unicode text"
    except OverflowError:
        return "has an integer of more than 64 bits, or an instant before the year 1 or after 9999"
    except RecursionError:
        return "is nested too deeply"
    except (TypeError, ValueError) as mismatch:
        return f"cannot be sent: {mismatch}"
    # Searching the bytes is fast, and nearly always enough: then nothing is looked at one by one.
    if floats and _may_be_endless(packed) and not all(map(_is_finite, _leaves(value))):
        return "has a number that is not finite"
    if not nul and 0 in packed and any(map(_has_nul, _leaves(value))):
        return "has a NUL character"
    if _EXTENSION in packed and _MAYBE_INSTANT.search(packed) and any(map(_is_odd, _leaves(value))):
        return "has a time whose offset from UTC is not whole minutes; use UTC"
    return None


def _may_be_endless(packed: bytes) -> bool:
    # A decimal travels as text.
    return b"NaN" in packed or b"Infinity" in packed or bool(_MAYBE_ENDLESS.search(packed))


def _is_finite(leaf: Any) -> bool:
    if isinstance(leaf, decimal.Decimal):
        return leaf.is_finite()
    return not isinstance(leaf, float) or math.isfinite(leaf)


def _has_nul(leaf: Any) -> bool:
    return isinstance(leaf, str) and NUL in leaf


def _is_odd(leaf: Any) -> bool:
    offset = leaf.utcoffset() if isinstance(leaf, dt.datetime) else None
    return offset is not None and bool(offset % _MINUTE)


def _leaves(value: Any) -> Iterator[Any]:
    # Instants and decimals stay what they are; of raw JSON, which is not looked into, None is made.
    waiting = [msgspec.to_builtins(value, builtin_types=_LEAVES, enc_hook=lambda _: None)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple):
            waiting += one
        else:
            yield one
