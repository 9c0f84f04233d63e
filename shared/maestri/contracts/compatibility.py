"""Whether a contract may replace an older one: what would break those who rely on that."""

from collections.abc import Iterator, Mapping
from typing import Any

Plain = Mapping[str, Any]

_PROMISED = ("method", "path", "safe", "idempotent", "media_type", "batch_of")
_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_SHAPE = ("type", "format", "uniqueItems", "recursive", "tag", "order")
_FORMS = ("enum", "properties", "prefixItems")
_OTHER_LIMITS = ("pattern", "multipleOf", "timezone")


def breaking_changes(before: Plain, after: Plain) -> tuple[str, ...]:
    """
    Return what would break consumers of the snapshot *before* if *after* replaced it; in sentences.

    What callers send may be accepted more widely, never more narrowly; what they get may become
    narrower, never wider. What is new has a default, so that old and new run beside each other. An
    enum that callers get may gain members only if the older one has a fallback for them.
    """
    return tuple(dict.fromkeys(_of_contract(before, after)))


def _of_contract(before: Plain, after: Plain) -> Iterator[str]:
    for name in ("contract", "edge", "prefix"):
        if before[name] != after[name]:
            yield f"{before['contract']}: {name} was {before[name]!r} and is {after[name]!r}"
    for kind, compare in (("operations", _of_operation), ("errors", _of_error)):
        for name, old in before[kind].items():
            if name not in after[kind]:
                yield f"{name}: the {kind.removesuffix('s')} is gone"
            else:
                yield from compare(name, old, after[kind][name])


def _of_operation(name: str, old: Plain, new: Plain) -> Iterator[str]:
    for promise in _PROMISED:
        if old[promise] != new[promise] and not (
            promise in {"safe", "idempotent"} and new[promise]
        ):
            yield f"{name}: {promise} was {old[promise]!r} and is {new[promise]!r}"
    if old["batch_max"] and new["batch_max"] and new["batch_max"] < old["batch_max"]:
        yield f"{name}: batch_max was {old['batch_max']} and is only {new['batch_max']}"
    for code in old["errors"]:
        if code not in new["errors"]:
            yield f"{name}: the error {code} is gone"
    yield from _of_parameters(name, old["parameters"], new["parameters"])
    if isinstance(old["result"], str) or isinstance(new["result"], str):
        if old["result"] != new["result"]:
            yield f"{name}: the result was and is no longer a stream, or the other way"
        return
    yield from _of_type(f"{name}: the result", old["result"], new["result"], sent=False)


def _of_parameters(name: str, old: Plain, new: Plain) -> Iterator[str]:
    for wire, parameter in new.items():
        where = f"{name}: the parameter {wire}"
        if wire not in old:
            if parameter["required"]:
                yield f"{where} is new and has no default"
            continue
        before = old[wire]
        if parameter["required"] and not before["required"]:
            yield f"{where} has no default any more"
        elif before.get("default") != parameter.get("default") and not before["required"]:
            yield f"{where} had the default {before['default']!r}, not {parameter['default']!r}"
        if before["in"] != parameter["in"]:
            yield f"{where} was in the {before['in']} and is in the {parameter['in']}"
        yield from _of_type(where, before["schema"], parameter["schema"], sent=True)
    for wire in old:
        if wire not in new:
            yield f"{name}: the parameter {wire} is gone"


def _of_error(name: str, old: Plain, new: Plain) -> Iterator[str]:
    if old["status"] != new["status"]:
        yield f"{name}: the status was {old['status']} and is {new['status']}"
    yield from _of_type(f"{name}: the error", old["fields"], new["fields"], sent=False)


def _of_type(where: str, old: Plain, new: Plain, *, sent: bool) -> Iterator[str]:
    """Yield what breaks between two schemas; *sent* is what callers send, otherwise they get it."""
    if "anyOf" in old or "anyOf" in new:
        yield from _of_union(where, old, new, sent=sent)
        return
    if any((word in old) != (word in new) for word in _FORMS) or any(
        old.get(word) != new.get(word) for word in _SHAPE
    ):
        yield f"{where} was {_kind(old)} and is {_kind(new)}"
        return
    yield from _of_enum(where, old, new, sent=sent)
    yield from _of_limits(where, old, new, sent=sent)
    yield from _of_fields(where, old, new, sent=sent)
    for word, what in (
        ("items", "an item"),
        ("propertyNames", "a key"),
        ("additionalProperties", "a value"),
    ):
        if word in old and word in new:
            yield from _of_type(f"{where}, {what}", old[word], new[word], sent=sent)
    one, other = old.get("prefixItems", []), new.get("prefixItems", [])
    if len(one) != len(other):
        yield f"{where} had {len(one)} items and has {len(other)}"
    for index, (item, another) in enumerate(zip(one, other, strict=False)):
        yield from _of_type(f"{where}, item {index}", item, another, sent=sent)


def _of_union(where: str, old: Plain, new: Plain, *, sent: bool) -> Iterator[str]:
    before, now = (
        {_kind(part): part for part in schema.get("anyOf", [schema])} for schema in (old, new)
    )
    wider, narrower = now.keys() - before.keys(), before.keys() - now.keys()
    for kind in sorted(narrower if sent else wider):
        yield f"{where} {'can no longer be' if sent else 'can now be'} {kind}"
    if not before.keys() & now.keys():
        yield f"{where} was {_kind(old)} and is {_kind(new)}"
    for kind in before.keys() & now.keys():
        yield from _of_type(where, before[kind], now[kind], sent=sent)


def _of_enum(where: str, old: Plain, new: Plain, *, sent: bool) -> Iterator[str]:
    before, now = old.get("enum", []), new.get("enum", [])
    gone = [member for member in before if member not in now]
    more = [member for member in now if member not in before]
    if gone and (sent or "fallback" in old):
        yield f"{where} has no member {', '.join(map(repr, gone))} any more"
    if more and not sent and "fallback" not in old:
        yield (
            f"{where} has the new member {', '.join(map(repr, more))}, and older consumers have no "
            "fallback for it"
        )
    if "fallback" in old and old["fallback"] != new.get("fallback"):
        yield f"{where} had the fallback {old['fallback']!r}, not {new.get('fallback')!r}"


def _of_limits(where: str, old: Plain, new: Plain, *, sent: bool) -> Iterator[str]:
    for word in (*_LEAST, *_MOST):
        before, now = old.get(word), new.get(word)
        if before == now:
            continue
        # Lower is narrower for what is at most so, wider for what is at least so.
        lower = before is not None and now is not None and now < before
        narrower = before is None or (now is not None and lower == (word in _MOST))
        if narrower == sent:
            yield f"{where}: {word} was {before} and is {now}"
    for word in _OTHER_LIMITS:
        before, now = old.get(word), new.get(word)
        dropped = now is None if sent else before is None
        if before != now and not (dropped):
            yield f"{where}: {word} was {before!r} and is {now!r}"


def _of_fields(where: str, old: Plain, new: Plain, *, sent: bool) -> Iterator[str]:
    before, now = old.get("properties", {}), new.get("properties", {})
    required, left_out = new.get("required", ()), new.get("left_out", ())
    for name in before:
        if name not in now:
            yield f"{where}: the field {name} is gone"
    for name, schema in now.items():
        field = f"{where}: the field {name}"
        if name not in before:
            if name in required:
                yield f"{field} is new and has no default"
            continue
        if name in required and name not in old.get("required", ()):
            yield f"{field} has no default any more"
        elif not sent and name in old.get("required", ()) and name in left_out:
            yield f"{field} can now be left out"
        elif "default" in before[name] and before[name]["default"] != schema.get("default"):
            yield f"{field} had the default {before[name]['default']!r}"
        yield from _of_type(field, before[name], schema, sent=sent)


def _kind(schema: Plain) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(part) for part in schema["anyOf"])
    if "enum" in schema:
        return "an enum"
    tag = "".join(f" tagged {value}" for value in schema.get("tag", {}).values())
    words = [schema.get("format") or schema.get("type", "anything"), *schema.get("order", ())]
    if "recursive" in schema:
        words = ["the message around it"]
    if "prefixItems" in schema:
        words.append(f"of {len(schema['prefixItems'])}")
    if schema.get("uniqueItems"):
        words.append("without order")
    if schema.get("type") == "object" and "properties" not in schema:
        words = ["mapping"]
    return " ".join(words) + tag
