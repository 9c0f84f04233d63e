"""The living search: answers browsing's SPI from its index."""

from domain_services.search.index import TermIndex
from sub_orchestrators.browsing.spi import Hits, ProductSearch


class LivingSearch(ProductSearch):
    """Finds living."""

    def __init__(self, index: TermIndex) -> None:
        self._index = index

    async def search(self, query: str, limit: int = 24) -> Hits:
        """Return the products that fit best."""
        return await self._index.search(query, limit)

    async def suggestions(self, prefix: str, limit: int = 8) -> tuple[str, ...]:
        """Return queries that start with *prefix*."""
        return await self._index.suggestions(prefix, limit)
