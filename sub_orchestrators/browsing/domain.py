"""Rules of browsing: how the results of several search children become one."""

from collections.abc import Sequence

from maestri.contracts import Message
from sub_orchestrators.browsing.spi import Hit, Hits


class Merged(Message):
    """What all search children found, as one list."""

    hits: tuple[Hit, ...]
    total: int


def merge_hits(results: Sequence[Hits], limit: int) -> Merged:
    """Merge ranked lists, the best score first, equal scores by sku."""
    ranked = sorted((hit for result in results for hit in result.hits), key=_rank)
    return Merged(hits=tuple(ranked[:limit]), total=sum(result.total for result in results))


def merge_suggestions(results: Sequence[Sequence[str]], limit: int) -> tuple[str, ...]:
    """Merge suggestions in turn, so that no child drowns the others."""
    longest = max(map(len, results), default=0)
    turns = [texts[turn] for turn in range(longest) for texts in results if turn < len(texts)]
    return tuple(dict.fromkeys(turns))[:limit]


def pages_of(total: int, size: int) -> int:
    """Return how many pages *total* products fill; at least 1."""
    return max(1, -(-total // size))


def _rank(hit: Hit) -> tuple[float, str]:
    return -hit.score, hit.sku
