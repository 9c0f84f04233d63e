"""OpenAPI 3.1 of contracts."""

import inspect
from collections.abc import Iterable
from typing import Any

import msgspec

from maestri.contracts.closed_schema import closed
from maestri.contracts.contract import Contract
from maestri.contracts.operation import Operation
from maestri.contracts.options import JSON, is_json
from maestri.contracts.ordered_data import ordered_data
from maestri.contracts.problem import PROBLEM_JSON, Problem
from maestri.contracts.wire import codec_of
from maestri.errors import ALWAYS_DECLARED

TEMPLATE = "#/components/schemas/{name}"
REFUSALS = {
    400: "The request does not fit the contract.",
    502: "A part of the system broke.",
    503: "A part of the system is not available.",
    504: "A part of the system did not answer in time.",
}


def openapi(
    contracts: Iterable[type[Contract]], *, title: str, version: str, prefix: str = ""
) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of *contracts*; hidden operations are left out."""
    operations = [
        op for kind in contracts for op in kind.operations.values() if not op.options.get("hidden")
    ]
    kinds = [kind for operation in operations for kind in _kinds(operation)]
    schemas, components = msgspec.json.schema_components([*kinds, Problem], ref_template=TEMPLATE)
    paths: dict[str, Any] = {}
    position = 0
    for operation in operations:
        count = len(_kinds(operation))
        part = list(schemas[position : position + count])
        position += count
        described = _operation(operation, part)
        if operation.contract.edge:
            for content in described.get("requestBody", {}).get("content", {}).values():
                content["schema"] = closed(content["schema"], components)
        paths.setdefault(prefix + operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {"schemas": components},
    }


def _kinds(operation: Operation) -> list[Any]:
    return [*(parameter.kind for parameter in operation.parameters), operation.result]


def _operation(operation: Operation, schemas: list[dict[str, Any]]) -> dict[str, Any]:
    summary, _, description = operation.doc.partition("\n")
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": summary,
        "parameters": [
            _parameter(parameter, schema)
            for parameter, schema in zip(operation.parameters, schemas, strict=False)
            if parameter.place in {"path", "query", "header", "cookie"}
        ],
        "responses": _responses(operation, schemas[-1]),
    }
    if description.strip():
        described["description"] = description.strip()
    body = _body(operation, schemas)
    if body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {codec_of(operation).expected: {"schema": body}},
        }
    return described


def _parameter(parameter: Any, schema: dict[str, Any]) -> dict[str, Any]:
    described = {
        "name": parameter.wire,
        "in": parameter.place,
        "required": parameter.required,
        "schema": schema,
    }
    if parameter.default is not inspect.Parameter.empty and parameter.default not in (None, ()):
        described["schema"] = {
            **schema,
            "default": ordered_data(parameter.default),
        }
    return described


def _body(operation: Operation, schemas: list[dict[str, Any]]) -> dict[str, Any] | None:
    pairs = list(zip(operation.parameters, schemas, strict=False))
    whole = next(
        (schema for parameter, schema in pairs if parameter.place in {"body", "form"}), None
    )
    fields = {parameter.wire: schema for parameter, schema in pairs if parameter.place == "field"}
    if whole is not None or not fields:
        return whole
    required = [
        parameter.wire
        for parameter, _ in pairs
        if parameter.place == "field" and parameter.required
    ]
    return {
        "type": "object",
        "properties": fields,
        "required": required,
        "additionalProperties": not operation.contract.edge,
    }


def _responses(operation: Operation, schema: dict[str, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    if operation.result is type(None):
        responses["204"] = {"description": "Done."}
    else:
        media_type = operation.options.get("media_type", JSON)
        content = schema if is_json(media_type) else {"type": "string"}
        if operation.streams and is_json(media_type):
            content = {}  # whatever its bytes are
        responses["200"] = {
            "description": "The response.",
            "content": {media_type: {"schema": content}},
        }
    if operation.options.get("etag"):
        responses["304"] = {"description": "Not changed since the ETag that If-None-Match names."}
    texts: dict[int, list[str]] = {status: [text] for status, text in REFUSALS.items()}
    for error in (
        *operation.raises,
        *(kind for kind in ALWAYS_DECLARED if codec_of(operation).has_body),
    ):
        texts.setdefault(error.status, []).append(error.title)
    problem = {PROBLEM_JSON: {"schema": {"$ref": TEMPLATE.format(name="Problem")}}}
    for status, lines in sorted(texts.items()):
        responses[str(status)] = {"description": " ".join(dict.fromkeys(lines)), "content": problem}
    return responses
