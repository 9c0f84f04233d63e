"""What comes back from a client is ours, or counts for nothing."""

import pytest

from maestri import clock
from maestri.contracts import Message
from maestri.edge import Signer, cookie, decode_cursor, encode_cursor, is_same_origin
from maestri.errors import InvalidRequest

SIGNER = Signer("secret", "cart")


class Place(Message):
    sku: str
    page: int = 1


class Elsewhere(Message):
    shelf: int


def test_what_was_signed_comes_back() -> None:
    """A signed text verifies, whatever separators are in it."""
    assert "a.b.c-d_e" == SIGNER.unsign(SIGNER.sign("a.b.c-d_e"))


@pytest.mark.parametrize("position", range(0, 60, 3))
def test_a_changed_character_is_noticed(position: int) -> None:
    """No character of text, time or signature can be changed."""
    signed = SIGNER.sign("cart-0123456789")
    place = position % (len(signed) - 1)
    changed = "A" if signed[place] != "A" else "B"

    assert SIGNER.unsign(signed[:place] + changed + signed[place + 1 :]) is None


@pytest.mark.parametrize(
    "text", ["", ".", "..", "cart", "é.a.b", "\x00", "a." * 3_000, "a.b.c", "=" * 50]
)
def test_what_was_never_signed_is_nothing(text: str) -> None:
    """Garbage of any form or length is like no text at all."""
    assert SIGNER.unsign(text) is None


def test_a_signature_holds_for_its_purpose_and_secret() -> None:
    """What was signed for a cart is no currency, and no other installation's cart."""
    others = (Signer("secret", "currency"), Signer("other", "cart"))

    assert [None, None] == [other.unsign(SIGNER.sign("a")) for other in others]


def test_an_undated_signature_is_always_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a date equal texts are signed equally at any time, and for no dated signer."""
    undated = Signer("secret", "cart", dated=False)
    signed = undated.sign("a")
    now_s = clock.unix_s()
    monkeypatch.setattr(clock, "unix_s", lambda: now_s + 100)

    assert (signed, "a") == (undated.sign("a"), undated.unsign(signed))
    assert [None, None] == [SIGNER.unsign(signed), undated.unsign(SIGNER.sign("a"))]
    with pytest.raises(ValueError, match="dated=True"):
        undated.unsign(signed, 90)


def test_a_signature_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """After max_age_s a text no longer verifies; without it, it always does."""
    signed = SIGNER.sign("a")
    now_s = clock.unix_s()
    monkeypatch.setattr(clock, "unix_s", lambda: now_s + 100)

    assert (None, "a", "a") == (
        SIGNER.unsign(signed, 90),
        SIGNER.unsign(signed, 110),
        SIGNER.unsign(signed),
    )


@pytest.mark.parametrize(("ahead_s", "expected"), [(1, "a"), (60, "a"), (62, None)])
def test_another_clock_may_be_ahead(
    monkeypatch: pytest.MonkeyPatch, ahead_s: float, expected: str | None
) -> None:
    """What a replica with a faster clock signed is new; what is far ahead nobody signed."""
    now_s = float(int(clock.unix_s()))
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(clock, "unix_s", lambda: now_s + ahead_s)
        signed = SIGNER.sign("a")
    monkeypatch.setattr(clock, "unix_s", lambda: now_s)

    assert expected == SIGNER.unsign(signed, 10)


@pytest.mark.parametrize("others", [[], ["theirs"], ["", "a.b.c", SIGNER.sign("a")[:-2]]])
def test_ours_is_found_among_others(others: list[str]) -> None:
    """The first that verifies counts, wherever it is; nothing of others does."""
    ours = [SIGNER.sign("ours"), SIGNER.sign("later")]

    assert ("ours", None) == (
        SIGNER.unsign_any([*others, *ours], 10),
        SIGNER.unsign_any(others, 10),
    )


def test_an_empty_secret_is_refused() -> None:
    """A signer that anybody could be is not built."""
    with pytest.raises(ValueError, match="secret is empty"):
        Signer("", "cart")


def test_a_cookie_is_kept_from_scripts_and_other_sites() -> None:
    """HttpOnly and SameSite are always there, Secure where it is asked for."""
    expected = "cart=a.b; Max-Age=60; Path=/; HttpOnly; SameSite=Lax"

    assert [expected, expected + "; Secure"] == [
        cookie("cart", "a.b", max_age_s=60.5, secure=secure)[1] for secure in (False, True)
    ]


@pytest.mark.parametrize("value", ["a;b", "a b", "a\r\nset-cookie: x", 'a"', "é", "a,b", "a\\"])
def test_a_cookie_cannot_be_ended_by_its_value(value: str) -> None:
    """A value that is more than a value is refused."""
    with pytest.raises(ValueError, match="no value of a cookie"):
        cookie("cart", value, max_age_s=1, secure=True)


def test_a_cursor_comes_back_as_the_same_place() -> None:
    """A cursor is opaque, fits into a URL, and leads back to its place."""
    cursor = encode_cursor(Place("AUD-0042", 3), SIGNER)

    assert (Place("AUD-0042", 3), True) == (
        decode_cursor(cursor, Place, SIGNER),
        cursor.replace(".", "").replace("-", "").replace("_", "").isalnum(),
    )


@pytest.mark.parametrize(
    "cursor",
    ["", "garbage", "eyJwYWdlIjoxfQ.a.b", SIGNER.sign("abc!")],
    ids=["empty", "garbage", "other_signature", "no_place"],
)
def test_a_cursor_that_is_not_ours_names_its_field(cursor: str) -> None:
    """Any other text is refused as the parameter cursor."""
    with pytest.raises(InvalidRequest) as refused:
        decode_cursor(cursor, Place, SIGNER)

    assert "cursor" == refused.value.fields["field"]


def test_a_cursor_of_another_form_is_refused() -> None:
    """A cursor of a list that was since changed is no 500."""
    with pytest.raises(InvalidRequest):
        decode_cursor(encode_cursor(Elsewhere(1), SIGNER), Place, SIGNER)


@pytest.mark.parametrize(
    ("site", "origin", "host", "own"),
    [
        ("same-origin", "https://evil.example", "shop.example", True),
        ("none", "", "shop.example", True),
        ("cross-site", "https://shop.example", "shop.example", False),
        ("same-site", "", "shop.example", False),
        ("", "https://shop.example", "shop.example", True),
        ("", "http://SHOP.example:8000", "shop.example:8000", True),
        ("", "http://shop.example:9000", "shop.example:8000", False),
        ("", "https://evil.example", "shop.example", False),
        ("", "null", "shop.example", False),
        ("", "null", "", False),
        ("", "http://[", "shop.example", False),
        ("", "", "shop.example", True),
    ],
)
def test_only_our_own_pages_change_something(
    site: str, origin: str, host: str, *, own: bool
) -> None:
    """The browser's word counts first, then the origin; who is no browser says neither."""
    assert own == is_same_origin(site, origin, host)
