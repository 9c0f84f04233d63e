"""Reviews in SQL: numbered by age, so that a page starts where another one ended."""

import msgspec

from domain_services import seed_data
from domain_services.vocabulary import Sku
from maestri.databases import Database, Migration, Transaction
from maestri.errors import InvalidRequest


def _fill(transaction: Transaction) -> None:
    oldest_first = sorted(seed_data.reviews(), key=lambda review: (review.written_on, review.id))
    transaction.execute_many(
        "INSERT INTO review (review_id, sku, author, stars, title, text, written_on, position)"
        " VALUES (:review_id, :sku, :author, :stars, :title, :text, :written_on, :position)",
        (
            {
                "review_id": review.id,
                "sku": review.sku,
                "author": review.author,
                "stars": review.stars,
                "title": review.title,
                "text": review.body,
                "written_on": review.written_on.isoformat(),
                "position": position,
            }
            for position, review in enumerate(oldest_first, start=1)
        ),
    )


MIGRATIONS = (
    Migration(
        1,
        "reviews",
        """
        CREATE TABLE review (
            review_id TEXT PRIMARY KEY,
            sku TEXT NOT NULL,
            author TEXT NOT NULL,
            stars BIGINT NOT NULL CHECK (stars BETWEEN 1 AND 5),
            title TEXT NOT NULL,
            text TEXT NOT NULL,
            written_on TEXT NOT NULL,
            position BIGINT NOT NULL
        );
        CREATE INDEX review_by_stars ON review (sku, stars);
        CREATE INDEX review_by_age ON review (sku, position);
        """,
    ),
    Migration(2, "seed data", _fill),
)


class StarCount(msgspec.Struct, frozen=True):
    """How many reviews of a product give so many stars."""

    sku: str
    stars: int
    count: int


class ReviewRow(msgspec.Struct, frozen=True):
    """A review as it is stored; its day is a text."""

    review_id: str
    author: str
    stars: int
    title: str
    text: str
    written_on: str


class ReviewStore:
    """Reads reviews."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def star_counts(self, skus: tuple[Sku, ...]) -> tuple[StarCount, ...]:
        """Return the counts of stars of many products; none for a product without reviews."""
        return await self._database.rows(
            StarCount,
            "SELECT sku, stars, COUNT(*) AS count FROM review WHERE sku IN :skus"
            " GROUP BY sku, stars",
            skus=skus,
        )

    async def newest(self, sku: Sku, limit: int, before: str | None) -> tuple[ReviewRow, ...]:
        """Return at most *limit* reviews that are older than *before*, the newest first."""
        position = await self._position(sku, before)
        return await self._database.rows(
            ReviewRow,
            "SELECT review_id, author, stars, title, text, written_on FROM review"
            " WHERE sku = :sku AND (:position = 0 OR position < :position)"
            " ORDER BY position DESC LIMIT :limit",
            sku=sku,
            position=position,
            limit=limit,
        )

    async def _position(self, sku: Sku, before: str | None) -> int:
        if before is None:
            return 0
        position = await self._database.row(
            int,
            "SELECT position FROM review WHERE review_id = :before AND sku = :sku",
            before=before,
            sku=sku,
        )
        if position is None:
            raise InvalidRequest(field="before", reason="names no review of this product")
        return position
