"""What is given more than once is refused, joined or tried in turn, and never silently dropped."""

from typing import Any

import pytest

from maestri.contracts import ReceivedRequest, codec_of, parse_cookies
from maestri.errors import InvalidRequest
from tests.kernel.contracts.contract import Desk, Note


def read(operation: str, *, query: bytes = b"", cookie: str = "", form: bytes = b"") -> Any:
    """Return the arguments of a request."""
    headers = {"cookie": cookie} if cookie else {}
    if form:
        headers["content-type"] = "application/x-www-form-urlencoded"
    received = ReceivedRequest({}, query, headers, form)
    return codec_of(Desk.operations[operation]).arguments(received)


@pytest.mark.parametrize(
    "given",
    [
        lambda: read("find", query=b"text=a&text=b"),
        lambda: read("find", query=b"text=a&tags=x&text=a"),
        lambda: read("write", form=b"text=a&text=b"),
    ],
)
def test_one_value_is_given_once(given: Any) -> None:
    """A query parameter or a field of a form that is one value is refused if it is given twice."""
    with pytest.raises(InvalidRequest) as refused:
        given()

    assert {"field": "text", "reason": "is given more than once"} == refused.value.fields


def test_several_values_keep_their_order() -> None:
    """What may be several values gets all of them."""
    assert ("a", ("x", "y", "x")) == read("find", query=b"tags=x&text=a&tags=y&tags=x")
    assert (Note("a", ("x", "y")),) == read("write", form=b"tags=x&text=a&tags=y")


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        ("", ("", 0, ())),
        ("name=a; name=b", ("a", 0, ())),
        ("age=old; age=7; age=8", ("", 7, ())),
        ("cart=theirs; name=a; cart=ours", ("a", 0, ("theirs", "ours"))),
    ],
)
def test_cookies_of_one_name_are_tried_in_turn(cookie: str, expected: tuple[Any, ...]) -> None:
    """The first that fits counts, and a tuple gets all: who reads it knows which are ours."""
    assert expected == read("me", cookie=cookie)


def test_a_cookie_that_never_fits_is_refused() -> None:
    """If none of several fits, the cookie is named."""
    with pytest.raises(InvalidRequest) as refused:
        read("me", cookie="age=old; age=young")

    assert "age" == refused.value.fields["field"]


def test_no_number_of_other_cookies_hides_ours() -> None:
    """Of 1,000 cookies all are read; browsers keep fewer for one site."""
    others = "; ".join(f"c{number}=x" for number in range(999))

    assert ["ours"] == parse_cookies(f"{others}; cart=ours")["cart"]
    assert 1_000 == len(parse_cookies(f"{others}; cart=ours; late=x; later=x"))
