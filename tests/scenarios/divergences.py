"""
All that may differ between topologies, each with its reason.

Everything else that clients see, and every call below, is equal in all of them.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from maestri.testing import CallMade
from tests.scenarios.store_under_test import MOBILE, WEB, Transport

DIVERGENCES_MAX = 5
REFUSED = 400


class Divergence(msgspec.Struct, frozen=True):
    """What may differ, why, and how it is taken out of a transport."""

    name: str
    reason: str
    without: Callable[[Transport], Transport]


def _without(transport: Transport, texts: Iterable[str], name: str) -> Transport:
    body, headers = transport.body, dict(transport.headers)
    for text in filter(None, texts):
        body = body.replace(text, f"<{name}>")
        headers = {header: value.replace(text, f"<{name}>") for header, value in headers.items()}
    return msgspec.structs.replace(transport, body=body, headers=headers)


def _request_ids(transport: Transport) -> Transport:
    whole = transport.request_id
    texts = [whole, f"{whole[:4]}…"] if whole else []
    return msgspec.structs.replace(_without(transport, texts, "request id"), request_id="")


def _carts(transport: Transport) -> Transport:
    given = transport.headers.get("set-cookie", transport.body)
    return _without(transport, re.findall(r'(?:^cart=|"token":")([\w.-]+)', given), "cart")


def _calls_of_a_failure(transport: Transport) -> Transport:
    if transport.status < REFUSED:
        return transport
    asked = {call.operation for call in transport.calls if call.caller in {WEB, MOBILE}}
    kept = Counter(CallMade("", operation, "") for operation in asked)
    return msgspec.structs.replace(transport, calls=kept)


DIVERGENCES = (
    Divergence(
        "request ids",
        "Every request has an id of its own, which problem details and pages tell the client.",
        _request_ids,
    ),
    Divergence(
        "carts",
        "A cart's id is drawn at random, since whoever knows it may use the cart; it is signed "
        "with the time, in the cookie of the web and in the token of the app.",
        _carts,
    ),
    Divergence(
        "calls beside a failure",
        "As soon as one required call has failed, those beside it are cancelled. How far they had "
        "come depends on how long a call takes, and that is what topologies are about. What the "
        "client's backend itself had asked for is compared all the same.",
        _calls_of_a_failure,
    ),
)


def without_divergences(transport: Transport) -> Transport:
    """Return *transport* without what may differ."""
    for divergence in DIVERGENCES:
        transport = divergence.without(transport)
    return transport
