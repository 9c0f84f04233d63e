"""
An interface written once gives routes, stubs, OpenAPI, snapshots and fakes.

Problem: a call that crosses processes needs URL, codec, stub, document and a list of errors,
and five descriptions of one thing drift apart. Pattern: Service Contract / Published Language.
Smallest example::

    from maestri.contracts import Contract, Message, get, openapi

    class Greeting(Message):
        text: str

    class Greeter(Contract, id="greeter"):
        @get("/greetings/{name}")
        async def greet(self, name: str) -> Greeting:
            "Greet someone by name."
            ...

    document = openapi([Greeter], title="Greeter", version="1")
    assert "/greetings/{name}" in document["paths"]

mypy is told of its module that operations have no body: ``disable_error_code = ["empty-body"]``.
For many keys at once an operation has a batch: ``batch_of="greet", batch_max=100`` of a second one
that takes ``tuple[Key, ...]`` and returns ``Mapping[Key, Outcome[Greeting]]``, for each key
``Succeeded(value)`` or ``Failed.of(error)``. CONTRIBUTING shows one.

A contract is a promise to those who were deployed before and after: new fields, of errors too,
have defaults, unknown ones are dropped, an enum grows by a ``fallback``, and ``breaking_changes``
tells what would break whom. What some link could not carry is refused: a type when it is declared,
a value before it is sent, whatever link would send it.

Not for code that never leaves its component: a plain function needs no contract.
"""

from maestri.contracts.compatibility import breaking_changes
from maestri.contracts.contract import Contract, ErrorDecoder, check_implemented, contracts_of
from maestri.contracts.growing_enum import fallback, fallback_of
from maestri.contracts.identity import identity_of, key_identity
from maestri.contracts.message import (
    LeftOut,
    Message,
    alternatives,
    field_types,
    item_of,
    left_out_field,
    resolved,
    struct_of,
    type_name,
    without_none,
)
from maestri.contracts.narrowing import narrowed, project, projection
from maestri.contracts.openapi import openapi
from maestri.contracts.operation import Operation, delete, get, operation_of, patch, post, put
from maestri.contracts.options import JSON, is_json
from maestri.contracts.outcome import Failed, Outcome, Succeeded
from maestri.contracts.parameter import Body, Cookie, Form, Header, Query
from maestri.contracts.percent_encoding import percent_decoded
from maestri.contracts.problem import (
    PROBLEM_JSON,
    PROBLEM_TYPES,
    Problem,
    error_of,
    problem_of,
)
from maestri.contracts.reply import Reply, check_reply
from maestri.contracts.request_reader import ReceivedRequest
from maestri.contracts.request_text import parse_cookies
from maestri.contracts.request_writer import Request, invalid
from maestri.contracts.selection import (
    Selection,
    merged,
    normalized,
    parse_selection,
    received_selection,
    selection_of,
    sent_selection,
)
from maestri.contracts.sendable import check_sendable
from maestri.contracts.shaping import shaping
from maestri.contracts.snapshot import snapshot
from maestri.contracts.wire import Codec, Narrowing, codec_of

__all__ = [
    "JSON",
    "PROBLEM_JSON",
    "PROBLEM_TYPES",
    "Body",
    "Codec",
    "Contract",
    "Cookie",
    "ErrorDecoder",
    "Failed",
    "Form",
    "Header",
    "LeftOut",
    "Message",
    "Narrowing",
    "Operation",
    "Outcome",
    "Problem",
    "Query",
    "ReceivedRequest",
    "Reply",
    "Request",
    "Selection",
    "Succeeded",
    "alternatives",
    "breaking_changes",
    "check_implemented",
    "check_reply",
    "check_sendable",
    "codec_of",
    "contracts_of",
    "delete",
    "error_of",
    "fallback",
    "fallback_of",
    "field_types",
    "get",
    "identity_of",
    "invalid",
    "is_json",
    "item_of",
    "key_identity",
    "left_out_field",
    "merged",
    "narrowed",
    "normalized",
    "openapi",
    "operation_of",
    "parse_cookies",
    "parse_selection",
    "patch",
    "percent_decoded",
    "post",
    "problem_of",
    "project",
    "projection",
    "put",
    "received_selection",
    "resolved",
    "selection_of",
    "sent_selection",
    "shaping",
    "snapshot",
    "struct_of",
    "type_name",
    "without_none",
]
