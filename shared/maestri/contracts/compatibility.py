"""Whether a contract may replace an older one: what would break those who rely on that."""

import re
from collections.abc import Iterator
from typing import Any

from maestri.contracts.schema_changes import Plain, type_changes

_NOTHING = {"type": "null"}
_PATH_NAME = re.compile(r"(?<=\{)[^/}]+(?=\})")
_PROMISED = ("method", "path", "safe", "idempotent", "media_type", "batch_of")


def breaking_changes(before: Plain, after: Plain) -> tuple[str, ...]:
    """
    Return what would break consumers of the snapshot *before* if *after* replaced it; in sentences.

    What callers send may be accepted more widely, never more narrowly; what they get may become
    narrower, never wider. An int is a float, a member of an enum a text, a tuple of two a tuple of
    any number, as their JSON is. What is new has a default, so that old and new run beside each
    other. An enum that callers get may gain members only if the older one has a fallback for them.
    An error may be new: who does not know it gets a plain ``Rejected``; none may go, as it may have
    been renamed.
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
    new = _by_path_names_of(old, new)
    for promise in _PROMISED:
        if old[promise] != new[promise] and not _is_more(promise, new[promise]):
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
    elif old["result"] != _NOTHING:
        # Who expects nothing does not look at what comes.
        yield from type_changes(f"{name}: the result", old["result"], new["result"], sent=False)


def _is_more(promise: str, given: Any) -> bool:
    """Tell whether *given* promises more than whatever else was: harmless, more times, or keys."""
    return (
        bool(given) if promise in {"safe", "idempotent"} else (promise, given) == ("batch_of", None)
    )


def _by_path_names_of(old: Plain, new: Plain) -> Plain:
    """Return *new* with its path parameters named as in *old*: on the wire they have no names."""
    if _PATH_NAME.sub("", old["path"]) != _PATH_NAME.sub("", new["path"]):
        return new
    names = dict(zip(_PATH_NAME.findall(new["path"]), _PATH_NAME.findall(old["path"]), strict=True))
    parameters = {
        names[wire] if given["in"] == "path" else wire: given
        for wire, given in new["parameters"].items()
    }
    return {**new, "path": old["path"], "parameters": parameters}


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
        yield from type_changes(where, before["schema"], parameter["schema"], sent=True)
    for wire in old:
        if wire not in new:
            yield f"{name}: the parameter {wire} is gone"


def _of_error(name: str, old: Plain, new: Plain) -> Iterator[str]:
    if old["status"] != new["status"]:
        yield f"{name}: the status was {old['status']} and is {new['status']}"
    yield from type_changes(f"{name}: the error", old["fields"], new["fields"], sent=False)
