"""A callee that fails at length is no longer than one that fails in a word."""

import pytest

from maestri.contracts import PROBLEM_JSON
from maestri.errors import CallError, Faulted
from maestri.links.http_client import HttpResponse
from maestri.links.response_decoder import PROBLEM_BYTES_MAX, ResponseDecoder
from tests.kernel.cost import steps_per_byte
from tests.kernel.links.contract import Shelf

DECODER = ResponseDecoder(Shelf.operations["book"], "library.shelf")
MESSAGE_CHARACTERS_MAX = 500
LONG = b"a" * 100_000


def error_of(body: bytes, media_type: str = PROBLEM_JSON, status: int = 500) -> CallError:
    """Return what a response stands for."""
    with pytest.raises(CallError) as caught:
        DECODER.value(HttpResponse(status, {"content-type": media_type}, body), None)
    return caught.value


@pytest.mark.parametrize(
    "body",
    [
        b'{"type": "urn:maestri:%s"}' % LONG,
        b'{"type": "urn:maestri:rejected:%s"}' % LONG,
        b'{"type": "about:blank", "status": %s}' % (b"1" * 4_000),
        b'{"type": "about:blank", "%s": 1, "title": 1}' % LONG,
        b'{"type": "%s' % (b"a" * PROBLEM_BYTES_MAX),
        b'{"fields": %s' % (b"[" * 100_000),
    ],
    ids=["kernel", "rejected", "number", "key", "size", "depth"],
)
def test_a_problem_that_is_too_long_is_a_short_fault(body: bytes) -> None:
    """Its text ends up in logs and spans of the caller."""
    error = error_of(body)

    assert Faulted is type(error)
    assert len(str(error)) < MESSAGE_CHARACTERS_MAX
    assert len(error.code) < MESSAGE_CHARACTERS_MAX


def test_a_long_media_type_is_quoted_in_short() -> None:
    """So does a header of the callee's choice."""
    assert len(str(error_of(b"{}", "a" * 60_000, 200))) < MESSAGE_CHARACTERS_MAX


@pytest.mark.parametrize("piece", [b"[", b"1", b'"a":1,', b'"type":"",', b"\\\\", b" "])
def test_problems_are_read_in_linear_time(piece: bytes) -> None:
    """JSON of any pieces."""
    sent = b'{"fields":' + piece * (500_000 // len(piece))

    assert 5.0 > steps_per_byte(error_of, sent, enough=5.0)
