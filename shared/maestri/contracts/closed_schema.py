"""Schemas of bodies at the edge: a client that sends an unknown field is refused, at any depth."""

from typing import Any

REFERENCE = "#/components/schemas/"
SUFFIX = ".Body"  # no name of a class has a dot


def closed(schema: Any, components: dict[str, Any]) -> Any:
    """
    Return *schema* without room for unknown fields; messages that it refers to become components.

    Results stay open, so that they can gain fields: a message that is both sent and received has
    two components, the closed one with the suffix ``.Body``.
    """
    if isinstance(schema, list):
        return [closed(part, components) for part in schema]
    if isinstance(schema, str) and schema.startswith(REFERENCE):
        return REFERENCE + _component(schema.removeprefix(REFERENCE), components)
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(part, components) for name, part in schema.items()}
    if _is_message(schema):
        made["items" if schema["type"] == "array" else "additionalProperties"] = False
    return made


def _component(name: str, components: dict[str, Any]) -> str:
    if not _is_message(components[name]) and "anyOf" not in components[name]:
        return name
    if name + SUFFIX not in components:
        components[name + SUFFIX] = {}  # a message may hold itself
        components[name + SUFFIX] = closed(components[name], components)
    return name + SUFFIX


def _is_message(schema: dict[str, Any]) -> bool:
    """Tell a message from one that only has a field called "properties"; some are arrays."""
    if schema.get("type") == "array":
        return "prefixItems" in schema and "items" not in schema
    return schema.get("type") == "object" and "properties" in schema
