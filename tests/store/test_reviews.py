from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain_services import seed_data
from domain_services.reviews.container import Container
from domain_services.reviews.contract import RatingSummary, Review, Reviews
from domain_services.reviews.domain import rating
from domain_services.vocabulary import Sku
from maestri.contracts import Succeeded
from maestri.errors import InvalidRequest
from maestri.links import Invoker, LocalLink, stub

ALL = seed_data.reviews()
MOST_REVIEWED = max({review.sku for review in ALL}, key=[review.sku for review in ALL].count)


@pytest.fixture
async def reviews(tmp_path: Path) -> AsyncIterator[Reviews]:
    """Start the service and call it as others do."""
    container = Container()
    container.settings.from_dict({"database_url": f"sqlite://{tmp_path}/reviews.db"})
    async with container.database():
        yield stub(Reviews, LocalLink(Invoker(container.service()), strict=True))


def test_an_average_is_weighted_by_the_stars() -> None:
    """The average is the mean of all stars, to two digits."""
    expected = RatingSummary(Sku("X"), 3, 4.67, (0, 0, 0, 1, 2))
    assert expected == rating(Sku("X"), {4: 1, 5: 2})


async def test_a_rating_counts_every_review(reviews: Reviews) -> None:
    """The histogram holds as many reviews as were written."""
    stars = [review.stars for review in ALL if review.sku == MOST_REVIEWED]
    summary = await reviews.rating(MOST_REVIEWED)

    assert len(stars) == summary.count == sum(summary.histogram)
    assert tuple(stars.count(number) for number in range(1, 6)) == summary.histogram


async def test_what_nobody_reviewed_has_no_average(reviews: Reviews) -> None:
    """A sku without reviews is no error: it has a count and an average of 0."""
    nothing = RatingSummary(Sku("NO-1"), 0, 0.0, (0, 0, 0, 0, 0))

    assert {Sku("NO-1"): Succeeded(nothing)} == await reviews.ratings((Sku("NO-1"),))


async def test_pages_together_hold_every_review_once(reviews: Reviews) -> None:
    """Following *before* gives all reviews, the newest first, none twice."""
    found: list[Review] = []
    before = None
    while True:
        page = await reviews.reviews(MOST_REVIEWED, 3, before)
        found += page.reviews
        before = page.before
        if before is None:
            break

    written = {review.id for review in ALL if review.sku == MOST_REVIEWED}
    assert (written, len(written)) == ({review.review_id for review in found}, len(found))
    days = [review.written_on for review in found]
    assert sorted(days, reverse=True) == days


async def test_a_strange_cursor_is_refused_by_name(reviews: Reviews) -> None:
    """A review of another product is no place to go on from."""
    other = next(review for review in ALL if review.sku != MOST_REVIEWED)

    with pytest.raises(InvalidRequest) as refusal:
        await reviews.reviews(MOST_REVIEWED, 3, other.id)
    assert "before" == refusal.value.field
