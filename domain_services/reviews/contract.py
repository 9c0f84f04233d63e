"""The interface of the reviews: what customers think of products."""

from collections.abc import Mapping
from datetime import date

from domain_services.parameters import SKUS_MAX, Limit, ReviewKey, SkuKey, SkuKeys
from domain_services.vocabulary import Sku
from maestri.contracts import Contract, Message, Outcome, get
from maestri.errors import InvalidRequest


class RatingSummary(Message):
    """What customers think of a product, in one number."""

    sku: Sku
    count: int
    average: float
    """From 1 to 5, rounded to two digits; 0 without reviews."""
    histogram: tuple[int, int, int, int, int]
    """How many gave 1, 2, 3, 4, 5 stars."""


class Review(Message):
    """What one customer wrote about one product."""

    review_id: str
    author: str
    stars: int
    title: str
    text: str
    written_on: date


class ReviewPage(Message):
    """Some reviews of a product, the newest first."""

    reviews: tuple[Review, ...]
    before: str | None
    """Pass it on to get the next page; None at the end."""


class Reviews(Contract, id="reviews"):
    """What customers say. It knows skus, not products: what nobody reviewed has a count of 0."""

    @get("/ratings/{sku}")
    async def rating(self, sku: SkuKey) -> RatingSummary:
        """Return the ratings of one product."""
        ...

    @get("/ratings", batch_of="rating", batch_max=SKUS_MAX)
    async def ratings(self, skus: SkuKeys) -> Mapping[Sku, Outcome[RatingSummary]]:
        """Return the ratings of many products."""
        ...

    @get("/reviews/{sku}", raises=[InvalidRequest])
    async def reviews(
        self, sku: SkuKey, limit: Limit = 10, before: ReviewKey | None = None
    ) -> ReviewPage:
        """
        Return reviews of a product, the newest first, starting after the review *before*.

        A review that is none of this product is refused as an invalid *before*.
        """
        ...
