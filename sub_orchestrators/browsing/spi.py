"""
What browsing asks of a search: the interface that its polymorphic children implement.

Each child understands one group of categories in its own way (words of media, units of technology,
materials of the home); browsing asks all of them and merges what they find.
"""

from domain_services.parameters import Limit, QueryText
from domain_services.vocabulary import Sku
from maestri.contracts import Contract, Message, get


class Hit(Message):
    """A product that fits a query."""

    sku: Sku
    score: float
    """From 0 to 1, comparable among children: the share of the query that the product answers."""
    title: str


class Hits(Message):
    """What one child has found, the best first; equal scores by sku."""

    hits: tuple[Hit, ...]
    total: int
    """How many fit in all, also beyond the limit."""


class ProductSearch(Contract, id="browsing.product_search"):
    """Find products by words."""

    @get("/search")
    async def search(self, query: QueryText, limit: Limit = 24) -> Hits:
        """Return the products for sale that fit best; nothing for a query without words."""
        ...

    @get("/suggestions")
    async def suggestions(self, prefix: QueryText, limit: Limit = 8) -> tuple[str, ...]:
        """Return queries that start with *prefix* and find something, the most common first."""
        ...
