"""What a client sends costs in proportion to its bytes, whatever they are."""

import tracemalloc
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestri.contracts import ReceivedRequest, codec_of, parse_cookies, percent_decoded
from maestri.contracts.request_text import segment
from maestri.errors import InvalidRequest
from tests.kernel.contracts.contract import Desk
from tests.kernel.cost import steps_per_byte

COUNT = 100_000
TEXT_STEPS_MAX = 5.0
JSON_STEPS_MAX = 12.0

FORM = {"content-type": "application/x-www-form-urlencoded"}


def form(body: bytes) -> object:
    """Read a form."""
    return codec_of(Desk.operations["write"]).arguments(ReceivedRequest({}, b"", FORM, body))


def query(sent: bytes) -> object:
    """Read a query."""
    return codec_of(Desk.operations["find"]).arguments(ReceivedRequest({}, sent, {}, b""))


def json(body: bytes) -> object:
    """Read a body."""
    return codec_of(Desk.operations["file"]).arguments(ReceivedRequest({}, b"", {}, body))


def path(sent: bytes) -> object:
    """Read a segment of a path."""
    return percent_decoded(sent, "path")


def cookies(sent: bytes) -> object:
    """Read a line of cookies."""
    return parse_cookies(sent.decode())


ESCAPES = [b"%", b"%4", b"%41", b"a%41", b"%C3%A9", b"%%41", b"+", b"&", b"=", b"&=", b"a=b&", b"a"]


@pytest.mark.parametrize("read", [form, query, path])
@pytest.mark.parametrize("piece", ESCAPES)
def test_texts_are_read_in_linear_time(read: Callable[[bytes], object], piece: bytes) -> None:
    """Forms, queries and paths of any pieces, valid or not."""
    sent = b"text=" + piece * (COUNT // len(piece))

    assert TEXT_STEPS_MAX > steps_per_byte(read, sent, enough=TEXT_STEPS_MAX)


@pytest.mark.parametrize("piece", [b";", b"; ", b"a=b;", b'a="', b"=;", b" "])
def test_cookies_are_read_in_linear_time(piece: bytes) -> None:
    """Cookies of any pieces."""
    sent = piece * (COUNT // len(piece))

    assert TEXT_STEPS_MAX > steps_per_byte(cookies, sent, enough=TEXT_STEPS_MAX)


@pytest.mark.parametrize(
    ("before", "piece", "after"),
    [
        (b'{"numbers":[', b"1,", b"1]}"),
        (b'{"numbers":[', b"[", b""),
        (b'{"numbers":[', b"1", b"]}"),
        (b'{"numbers":[0.', b"1", b"]}"),
        (b'{"numbers":[1e', b"1", b"]}"),
        (b'{"notes":[', b'{"text":""},', b"null]}"),
        (b'{"notes":[', b"{},", b"{}]}"),
        (b'{"text":"', b"a", b'"}'),
        (b'{"text":"', b"\\\\", b'"}'),
        (b'{"text":"', b"\\\\", b'u0000"}'),
        (b'{"text":"', b"\\u00e9", b'"}'),
        (b"{", b'"x":1,', b'"y":1}'),
        (b"", b" ", b"{}"),
    ],
)
def test_bodies_are_read_in_linear_time(before: bytes, piece: bytes, after: bytes) -> None:
    """JSON of any pieces, fitting or not."""
    sent = before + piece * (COUNT // len(piece)) + after

    assert JSON_STEPS_MAX > steps_per_byte(json, sent, enough=JSON_STEPS_MAX)


@given(st.lists(st.sampled_from([*ESCAPES, b"%e", b"%0a", b"%zz", b"%2", b"%c3"])).map(b"".join))
def test_escapes_are_decoded_as_everywhere(sent: bytes) -> None:
    """What urllib decodes is decoded alike; what is no UTF-8 is refused."""
    expected = unquote_to_bytes(sent)
    try:
        found = percent_decoded(sent, "path")
    except InvalidRequest:
        with pytest.raises(UnicodeDecodeError):
            expected.decode()
    else:
        assert expected == found.encode()


def test_long_segments_are_not_kept() -> None:
    """What a client may choose costs no memory once its request is over."""
    tracemalloc.start()
    for number in range(100):
        segment(f"{number}" + "a" * 60_000, "key")
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert kept < 1_000_000
