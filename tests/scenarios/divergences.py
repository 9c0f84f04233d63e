"""
All that may differ between topologies, each with its reason.

Everything else that clients see, and every call below, is equal in all of them.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from maestri.testing import CallMade
from tests.scenarios.store_under_test import MOBILE, WEB, Recording

DIVERGENCES_MAX = 5
REFUSED = 400


class Divergence(msgspec.Struct, frozen=True):
    """What may differ, why, and how it is taken out of a recording."""

    name: str
    reason: str
    without: Callable[[Recording], Recording]


def _without(recording: Recording, texts: Iterable[str], name: str) -> Recording:
    body, headers = recording.body, dict(recording.headers)
    for text in filter(None, texts):
        body = body.replace(text, f"<{name}>")
        headers = {header: value.replace(text, f"<{name}>") for header, value in headers.items()}
    return msgspec.structs.replace(recording, body=body, headers=headers)


def _request_ids(recording: Recording) -> Recording:
    whole = recording.request_id
    texts = [whole, f"{whole[:4]}…"] if whole else []
    return msgspec.structs.replace(_without(recording, texts, "request id"), request_id="")


def _carts(recording: Recording) -> Recording:
    given = recording.headers.get("set-cookie", recording.body)
    return _without(recording, re.findall(r'(?:^cart=|"token":")([\w.-]+)', given), "cart")


def _calls_of_a_failure(recording: Recording) -> Recording:
    if recording.status < REFUSED:
        return recording
    asked = {call.operation for call in recording.calls if call.caller in {WEB, MOBILE}}
    kept = Counter(CallMade("", operation, "") for operation in asked)
    return msgspec.structs.replace(recording, calls=kept)


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


def without_divergences(recording: Recording) -> Recording:
    """Return *recording* without what may differ."""
    for divergence in DIVERGENCES:
        recording = divergence.without(recording)
    return recording
