"""The reviews service: serves its contract from its store."""

from collections.abc import Mapping
from datetime import date

from domain_services.reviews.contract import RatingSummary, Review, ReviewPage, Reviews
from domain_services.reviews.domain import rating
from domain_services.reviews.store import ReviewRow, ReviewStore
from domain_services.vocabulary import Sku
from maestri.contracts import Outcome, Succeeded


class ReviewsService(Reviews):
    """Knows what customers wrote."""

    def __init__(self, store: ReviewStore) -> None:
        self._store = store

    async def rating(self, sku: Sku) -> RatingSummary:
        """Return the ratings of one product."""
        return (await self._ratings((sku,)))[sku]

    async def ratings(self, skus: tuple[Sku, ...]) -> Mapping[Sku, Outcome[RatingSummary]]:
        """Return the ratings of many products."""
        return {sku: Succeeded(rating) for sku, rating in (await self._ratings(skus)).items()}

    async def reviews(self, sku: Sku, limit: int = 10, before: str | None = None) -> ReviewPage:
        """Return reviews of a product, the newest first."""
        rows = await self._store.newest(sku, limit + 1, before)
        shown = tuple(_review(row) for row in rows[:limit])
        return ReviewPage(shown, shown[-1].review_id if len(rows) > limit else None)

    async def _ratings(self, skus: tuple[Sku, ...]) -> dict[Sku, RatingSummary]:
        counts: dict[str, dict[int, int]] = {sku: {} for sku in skus}
        for row in await self._store.star_counts(skus):
            counts[row.sku][row.stars] = row.count
        return {sku: rating(sku, counts[sku]) for sku in skus}


def _review(row: ReviewRow) -> Review:
    written_on = date.fromisoformat(row.written_on)
    return Review(row.review_id, row.author, row.stars, row.title, row.text, written_on)
