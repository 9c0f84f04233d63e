"""What changed between two schemas of a snapshot, decided by who sends and who receives."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

Plain = Mapping[str, Any]

_NUMBERS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_LEAST = ("minLength", "minItems", "minProperties")
_MOST = ("maxLength", "maxItems", "maxProperties")
_OTHER_LIMITS = ("pattern", "multipleOf", "timezone")
_LIMITS = (*_NUMBERS, *_LEAST, *_MOST, *_OTHER_LIMITS)
_SHAPE = ("type", "format", "uniqueItems", "recursive", "tag")
_FORMS = ("enum", "properties", "prefixItems", "order")
_INSIDE = (("items", "an item"), ("propertyNames", "a key"), ("additionalProperties", "a value"))

_WIDER = {
    "integer": {"number", "decimal"},
    "number": {"decimal"},
    "date": {"string"},
    "date-time": {"string"},
    "uuid": {"string"},
    "decimal": {"string"},
    "base64": {"string"},
}
"""Kinds of values that are read as another kind, too: on the wire one is like the other."""


def type_changes(where: str, old: Plain, new: Plain, *, sent: bool) -> Iterator[str]:
    """
    Yield what breaks consumers of the schema *old* if *new* replaces it.

    *sent* is what they send, which may be accepted more widely; otherwise they receive it, and it
    may become narrower.
    """
    if "anyOf" in old or "anyOf" in new:
        yield from _of_union(where, old, new, sent=sent)
        return
    sender, receiver = (old, new) if sent else (new, old)
    if _is_wider(sender, receiver):
        return
    if _is_repeated(sender, receiver):
        for item in sender["prefixItems"]:
            inside = (item, receiver["items"]) if sent else (receiver["items"], item)
            yield from type_changes(f"{where}, an item", *inside, sent=sent)
        return
    if any((word in old) != (word in new) for word in _FORMS) or not _is_alike(sender, receiver):
        yield f"{where} was {_kind(old)} and is {_kind(new)}"
        return
    yield from _of_enum(where, old, new, sent=sent)
    yield from _of_limits(where, old, new, sent=sent)
    yield from _of_fields(where, old, new, sent=sent)
    for word, what in _INSIDE:
        if word in old and word in new:
            yield from type_changes(f"{where}, {what}", old[word], new[word], sent=sent)
    one, other = old.get("prefixItems", []), new.get("prefixItems", [])
    if len(one) != len(other):
        yield f"{where} had {len(one)} items and has {len(other)}"
    for index, (item, another) in enumerate(zip(one, other, strict=False)):
        yield from type_changes(f"{where}, item {index}", item, another, sent=sent)


def _is_alike(sender: Plain, receiver: Plain) -> bool:
    """Tell whether two schemas differ in limits and contents at most, or in integer and number."""
    kinds = (sender.get("type"), receiver.get("type"))
    orders = zip(sender.get("order", ()), receiver.get("order", ()), strict=False)
    return all(one == other for one, other in orders) and all(
        sender.get(word) == receiver.get(word)
        for word in _SHAPE
        if not (word == "type" and kinds == ("integer", "number"))
    )


def _is_wider(sender: Plain, receiver: Plain) -> bool:
    """Tell whether *receiver* takes all that *sender* is, as a kind of its own, whatever it is."""
    if "enum" in receiver or any(word in receiver for word in _LIMITS):
        return False
    if "enum" in sender:
        kinds = {"string" if isinstance(one, str) else "integer" for one in sender["enum"]}
        return all(_word(receiver) in {kind, *_WIDER.get(kind, ())} for kind in kinds)
    return _word(receiver) in _WIDER.get(_word(sender), ())


def _is_repeated(sender: Plain, receiver: Plain) -> bool:
    """Tell whether *sender* is some values, each in its place, and *receiver* any number of one."""
    if "prefixItems" not in sender or "items" not in receiver or "uniqueItems" in receiver:
        return False
    count = len(sender["prefixItems"])
    return bool(receiver.get("minItems", 0) <= count <= receiver.get("maxItems", count))


def _of_union(where: str, old: Plain, new: Plain, *, sent: bool) -> Iterator[str]:
    before, now = (schema.get("anyOf", [schema]) for schema in (old, new))
    for part in before if sent else now:
        # One of the receiver's parts takes it; else the one of its kind tells why not.
        found = {
            _kind(other): list(
                type_changes(where, *((part, other) if sent else (other, part)), sent=sent)
            )
            for other in (now if sent else before)
        }
        if [] not in found.values():
            can = "can no longer be" if sent else "can now be"
            yield from found.get(_kind(part), [f"{where} {can} {_kind(part)}"])


def _of_enum(where: str, old: Plain, new: Plain, *, sent: bool) -> Iterator[str]:
    before, now = old.get("enum", []), new.get("enum", [])
    gone = [member for member in before if member not in now]
    more = [member for member in now if member not in before]
    if gone and sent:
        yield f"{where} has no member {', '.join(map(repr, gone))} any more"
    if not sent and "fallback" in old:
        # A fallback is for what could be a member: a text where the members are texts.
        more = [member for member in more if type(member) is not type(old["fallback"])]
    if more and not sent:
        yield (
            f"{where} has the new member {', '.join(map(repr, more))}, and older consumers have no "
            "fallback for it"
        )
    # Who receives has a fallback of its own; who sends a newer member relies on the receiver's.
    if sent and "fallback" in old and old["fallback"] != new.get("fallback"):
        yield f"{where} had the fallback {old['fallback']!r}, not {new.get('fallback')!r}"


def _of_limits(where: str, old: Plain, new: Plain, *, sent: bool) -> Iterator[str]:
    sender, receiver = (old, new) if sent else (new, old)
    broken = [word for word in _LEAST if sender.get(word, 0) < receiver.get(word, 0)]
    broken += [word for word in _MOST if sender.get(word, math.inf) > receiver.get(word, math.inf)]
    whole = sender.get("type") == "integer"
    if _lowest(sender, whole=whole) < _lowest(receiver, whole=whole):
        broken += _NUMBERS[:2]
    if _highest(sender, whole=whole) > _highest(receiver, whole=whole):
        broken += _NUMBERS[2:]
    step, most = sender.get("multipleOf", 1 if whole else 0), receiver.get("multipleOf")
    if most is not None and (not step or step % most):
        broken.append("multipleOf")
    broken += [
        word
        for word in ("pattern", "timezone")
        if word in receiver and sender.get(word) != receiver[word]
    ]
    for word in broken:
        if old.get(word) != new.get(word):
            yield f"{where}: {word} was {old.get(word)!r} and is {new.get(word)!r}"


def _lowest(schema: Plain, *, whole: bool) -> tuple[float, int]:
    """Return the least number, and 1 if it is excluded; of *whole* numbers none is."""
    least, above = schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf)
    if whole:
        above = above if math.isinf(above) else math.floor(above) + 1
        return max(least if math.isinf(least) else math.ceil(least), above), 0
    return max((least, 0), (above, 1 if math.isfinite(above) else 0))


def _highest(schema: Plain, *, whole: bool) -> tuple[float, int]:
    """Return the greatest number, and -1 if it is excluded; of *whole* numbers none is."""
    most, below = schema.get("maximum", math.inf), schema.get("exclusiveMaximum", math.inf)
    if whole:
        below = below if math.isinf(below) else math.ceil(below) - 1
        return min(most if math.isinf(most) else math.floor(most), below), 0
    return min((most, 0), (below, -1 if math.isfinite(below) else 0))


def _of_fields(where: str, old: Plain, new: Plain, *, sent: bool) -> Iterator[str]:
    before, now = old.get("properties", {}), new.get("properties", {})
    required = new.get("required", ())
    for name in before:
        if name not in now:
            yield f"{where}: the field {name} is gone"
    for name, schema in now.items():
        field = f"{where}: the field {name}"
        if name not in before:
            if name in required:
                yield f"{field} is new and has no default"
            continue
        yield from _of_presence(field, name, old, new, sent=sent)
        yield from type_changes(field, before[name], schema, sent=sent)


def _of_presence(field: str, name: str, old: Plain, new: Plain, *, sent: bool) -> Iterator[str]:
    """Yield what breaks if a field is left out, as callers may do and callees that say so."""
    was_required, is_required = (name in schema.get("required", ()) for schema in (old, new))
    can_be = name in new.get("left_out", ())
    if not sent and not can_be and name not in old.get("left_out", ()):
        return
    default = old["properties"][name].get("default")
    if is_required and not was_required:
        yield f"{field} has no default any more"
    elif not sent and was_required and can_be:
        yield f"{field} can now be left out"
    elif not was_required and default != new["properties"][name].get("default"):
        yield f"{field} had the default {default!r}"


def _word(schema: Plain) -> str:
    """Return one word for a plain type: its format, or its type."""
    word: str = schema.get("format") or schema.get("type", "anything")
    return word


def _kind(schema: Plain) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(part) for part in schema["anyOf"])
    if "enum" in schema:
        return "an enum"
    tag = "".join(f" tagged {value}" for value in schema.get("tag", {}).values())
    words = [_word(schema), *schema.get("order", ())]
    if "recursive" in schema:
        words = ["the message around it"]
    if "prefixItems" in schema:
        words.append(f"of {len(schema['prefixItems'])}")
    if schema.get("uniqueItems"):
        words.append("without order")
    if schema.get("type") == "object" and "properties" not in schema:
        words = ["mapping"]
    return " ".join(words) + tag
