"""How the web shop writes amounts, days, stars and addresses."""

from datetime import date

import pytest

from bff_web import formatting
from domain_services.vocabulary import CategoryId, Currency, Money
from sub_orchestrators.browsing.contract import FacetValue
from sub_orchestrators.storefront.contract import Category, Facet, ListingView

CHAIRS = ListingView(
    category=Category(CategoryId("chairs"), "Chairs", "To sit on.", "living", 3),
    cards=(),
    total=0,
    facets=(
        Facet("colour", (FacetValue("red", 3, chosen=True), FacetValue("blue", 2, chosen=False))),
        Facet("Made in", (FacetValue("France & Italy", 1, chosen=False),)),
    ),
    sort="price_asc",
    page=4,
    pages=9,
)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "expected"),
    [
        (0, "EUR", "€0.00"),
        (5, "GBP", "£0.05"),
        (123_450, "USD", "$1,234.50"),
        (-199, "EUR", "\N{MINUS SIGN}€1.99"),
    ],
)
def test_money_is_written_to_the_last_cent(
    amount_minor: int, currency: Currency, expected: str
) -> None:
    """The symbol stands in front, after the sign; thousands are grouped; cents are always there."""
    assert expected == formatting.money(Money(amount_minor, currency))


def test_a_day_is_written_without_ambiguity() -> None:
    """The month is a word and the day has no leading zero."""
    expected = "4 November 2025"

    assert expected == formatting.day(date(2025, 11, 4))


@pytest.mark.parametrize(
    ("average", "expected"),
    [(5.0, 5.0), (4.8, 5.0), (4.4, 4.5), (4.2, 4.0), (1.0, 1.0), (0.0, 0.0)],
)
def test_stars_are_rounded_to_halves(average: float, expected: float) -> None:
    """Five stars are always drawn, and together they are worth the rounded average."""
    worth = {"full": 1.0, "half": 0.5, "empty": 0.0}

    assert expected == sum(worth[star] for star in formatting.stars(average))


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 reviews"), (1, "1 review"), (1204, "1,204 reviews")]
)
def test_one_is_singular(count: int, expected: str) -> None:
    """Only one of a thing has a singular noun."""
    assert expected == formatting.counted(count, "review")


def test_a_chosen_value_is_given_up_by_its_link() -> None:
    """The link of a chosen value leads to the list without it, and keeps the order."""
    expected = "/categories/chairs?sort=price_asc"

    assert expected == formatting.facet_url(CHAIRS, "colour", "red")


def test_a_further_value_is_added_and_the_first_page_shown() -> None:
    """The link of another value keeps what is chosen, escapes what it adds and drops the page."""
    expected = (
        "/categories/chairs?filter=colour%3Ared&filter=Made+in%3AFrance+%26+Italy&sort=price_asc"
    )

    assert expected == formatting.facet_url(CHAIRS, "Made in", "France & Italy")


def test_defaults_are_not_written_into_addresses() -> None:
    """The first page in the featured order has the shortest address."""
    expected = "/categories/chairs?filter=colour%3Ared"

    assert expected == formatting.listing_url(CHAIRS, sort="featured")


@pytest.mark.parametrize(
    ("page", "pages", "expected"),
    [
        (1, 1, (1,)),
        (2, 3, (1, 2, 3)),
        (5, 9, (1, None, 4, 5, 6, None, 9)),
        (9, 9, (1, None, 8, 9)),
    ],
)
def test_far_pages_are_a_gap(page: int, pages: int, expected: tuple[int | None, ...]) -> None:
    """Both ends and both neighbours of a page are linked; what lies between is a gap."""
    assert expected == formatting.pages_around(page, pages)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("reviews", "Reviews are not available right now"),
        ("listing.products.rating", "Ratings are not available right now"),
        ("availability.warehouses.stock", "Availability is being checked"),
        ("search.media", "Results from Media are missing right now"),
        ("something.new", "A part of this page is missing right now"),
    ],
)
def test_every_missing_part_has_words(part: str, expected: str) -> None:
    """A part that this shop does not know is reported, too."""
    assert expected == formatting.notice(part)
