"""What a contract promises, as data that can be kept beside the code and compared."""

import inspect
from typing import Any, get_origin

import msgspec
from msgspec import inspect as types

from maestri.contracts.contract import Contract
from maestri.contracts.growing_enum import fallback_of
from maestri.contracts.message import alternatives
from maestri.contracts.operation import Operation
from maestri.contracts.options import JSON
from maestri.contracts.ordered_data import ordered_data
from maestri.errors import Rejected

Schema = dict[str, Any]

_SCALARS: dict[type[types.Type], Schema] = {
    types.NoneType: {"type": "null"},
    types.BoolType: {"type": "boolean"},
    types.IntType: {"type": "integer"},
    types.FloatType: {"type": "number"},
    types.StrType: {"type": "string"},
    types.BytesType: {"type": "string", "format": "base64"},
    types.DateTimeType: {"type": "string", "format": "date-time"},
    types.DateType: {"type": "string", "format": "date"},
    types.UUIDType: {"type": "string", "format": "uuid"},
    types.DecimalType: {"type": "string", "format": "decimal"},
}
_LIMITS = {
    "gt": "exclusiveMinimum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "le": "maximum",
    "multiple_of": "multipleOf",
    "pattern": "pattern",
    "tz": "timezone",
}


def snapshot(contract: type[Contract]) -> dict[str, Any]:
    """
    Return what a contract promises, by ids and names on the wire; see ``breaking_changes``.

    Types are told in the words of JSON Schema, besides ``propertyNames`` for the type of a
    Mapping's keys, ``fallback`` for what unknown members of an enum become, ``left_out`` for the
    fields that a sender may leave out, and ``recursive`` for a message so many messages further
    out. No docstring and no Python name is in it; it is the same in every process.
    """
    operations = contract.operations.values()
    errors = {kind.code: kind for operation in operations for kind in operation.raises}
    found = {
        "contract": contract.contract_id,
        "edge": contract.edge,
        "prefix": contract.prefix,
        "operations": {operation.id: _operation(operation) for operation in operations},
        "errors": {code: _error(errors[code]) for code in sorted(errors)},
    }
    # As it is after a file, so that what is kept and what is new compare equal.
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(found))
    return plain


def _operation(operation: Operation) -> dict[str, Any]:
    batched = operation.batch_of
    return {
        "method": operation.method,
        "path": operation.path,
        "safe": operation.safe,
        "idempotent": operation.idempotent,
        "media_type": operation.options.get("media_type", JSON),
        "batch_of": None if batched is None else batched.id,
        "batch_max": None if batched is None else operation.batch_max,
        "errors": sorted(error.code for error in operation.raises),
        "parameters": _parameters(operation),
        "result": "bytes" if operation.streams else schema_of(operation.result),
    }


def _parameters(operation: Operation) -> dict[str, Any]:
    """Return the parameters by name; of equal names the one in the path, or the first, has it."""
    found: dict[str, Any] = {}
    for parameter in sorted(operation.parameters, key=lambda one: one.place != "path"):
        wire = parameter.wire
        name = f"{wire} in the {parameter.place}" if wire in found else wire
        found[name] = _parameter(parameter)
    return found


def _parameter(parameter: Any) -> dict[str, Any]:
    described = {
        "in": parameter.place,
        "required": parameter.required,
        "schema": schema_of(parameter.kind),
    }
    if parameter.default is not inspect.Parameter.empty:
        described["default"] = ordered_data(parameter.default)
    return described


def _error(kind: type[Rejected]) -> dict[str, Any]:
    return {"status": kind.status, "fields": schema_of(kind.structure())}


def schema_of(kind: Any) -> Schema:
    """Return the type *kind* in the words of JSON Schema."""
    return _schema(types.type_info(kind), ())


def _schema(info: types.Type, around: tuple[types.Type, ...]) -> Schema:
    if isinstance(info, types.Metadata):
        return _schema(info.type, around)
    if isinstance(info, types.StructType):
        return _message(info, around)
    if isinstance(info, types.UnionType):
        parts = [_schema(part, around) for part in info.types]
        return {"anyOf": sorted(parts, key=msgspec.json.encode)}
    if isinstance(info, types.EnumType):
        fallback = fallback_of(info.cls)
        members = sorted((member.value for member in info.cls), key=repr)
        return {"enum": members} if fallback is None else {"enum": members, "fallback": fallback}
    if isinstance(info, types.LiteralType):
        return {"enum": sorted(info.values, key=repr)}
    if isinstance(info, types.DictType):
        keys, values = _schema(info.key_type, around), _schema(info.value_type, around)
        limits = _lengths(info, "Properties")
        return {"type": "object", "propertyNames": keys, "additionalProperties": values, **limits}
    if isinstance(info, types.TupleType):
        items = [_schema(item, around) for item in info.item_types]
        return {"type": "array", "prefixItems": items}
    if isinstance(info, types.VarTupleType | types.FrozenSetType):
        items_of = _schema(info.item_type, around)
        unordered = {"uniqueItems": True} if isinstance(info, types.FrozenSetType) else {}
        return {"type": "array", "items": items_of, **unordered, **_lengths(info, "Items")}
    return {**_SCALARS.get(type(info), {}), **_limits(info), **_lengths(info, "Length")}


def _limits(info: types.Type) -> Schema:
    return {
        word: limit
        for name, word in _LIMITS.items()
        if (limit := getattr(info, name, None)) is not None
    }


def _lengths(info: types.Type, of: str) -> Schema:
    least, most = getattr(info, "min_length", None), getattr(info, "max_length", None)
    found = {f"min{of}": least, f"max{of}": most}
    return {word: limit for word, limit in found.items() if limit is not None}


def _message(info: types.StructType, around: tuple[types.Type, ...]) -> Schema:
    for distance, message in enumerate(reversed(around)):
        if message is info:
            return {"recursive": distance}
    below = (*around, info)
    described: Schema = {
        "type": "object",
        "properties": {field.encode_name: _field(field, below) for field in info.fields},
        "required": sorted(field.encode_name for field in info.fields if field.required),
    }
    if left_out := _left_out(info):
        described["left_out"] = left_out
    if info.tag_field is not None:
        described["tag"] = {info.tag_field: info.tag}
    if info.array_like:
        described["order"] = [field.encode_name for field in info.fields]
    return described


def _left_out(message: types.StructType) -> list[str]:
    """Return the fields that a sender may leave out; none of those that are told by position."""
    if message.array_like:
        return []
    struct: Any = get_origin(message.cls) or message.cls
    defaults = struct.__struct_config__.omit_defaults
    return sorted(
        field.encode_name
        for field in msgspec.structs.fields(message.cls)
        if (defaults and not field.required) or msgspec.UnsetType in alternatives(field.type)
    )


def _field(field: types.Field, around: tuple[types.Type, ...]) -> Schema:
    described = _schema(field.type, around)
    default = field.default
    if field.default_factory is not msgspec.NODEFAULT:
        default = field.default_factory()
    if default is msgspec.NODEFAULT or default is msgspec.UNSET:
        return described
    return {**described, "default": ordered_data(default)}
