"""
How media are found: by title, by who made them, and by what they are.

People remember titles in full, or half of a name. A query that is a whole title or a whole name
puts that before everything that merely has its words.
"""

from collections.abc import Iterable, Iterator, Mapping

from domain_services.search.index import WEIGHT_MAX, Query
from domain_services.search.words import unique, weigh, words
from domain_services.seed_data.records import Product

_CREATORS = frozenset({"Author", "Artist", "Director"})
_SORTS = frozenset({"Genre", "Type", "Format", "Platform", "Series", "Label", "Motif"})
_SUGGESTED = _CREATORS | {"Genre", "Type", "Series"}

_SAME: Mapping[str, str] = {
    "album": "music",
    "bluray": "blu",
    "childrens": "children",
    "disc": "cd",
    "hardback": "hardcover",
    "jigsaw": "puzzle",
    "kid": "children",
    "movie": "film",
    "novel": "fiction",
    "record": "lp",
    "scifi": "science",
    "softcover": "paperback",
    "vinyl": "lp",
}
"""Words for one thing: the one on the right is indexed, also for the one on the left."""


class MediaUnderstanding:
    """Knows titles, creators and formats."""

    def terms(self, product: Product, brand: str) -> dict[str, int]:
        """Weigh titles and creators most; a whole title or name is a term of its own."""
        weights: dict[str, int] = {}
        weigh(weights, _terms(product.description), 250)
        weigh(weights, _terms(product.category_id), 500)
        weigh(weights, _terms(brand), 600)
        for attribute in product.attributes:
            if attribute.name in _CREATORS:
                weigh(weights, _terms(attribute.value), 900)
                weigh(weights, [_whole(attribute.value)], WEIGHT_MAX)
            elif attribute.name in _SORTS:
                weigh(weights, _terms(attribute.value), 650)
        weigh(weights, _terms(product.title), 950)
        weigh(weights, map(_whole, _titles(product.title)), WEIGHT_MAX)
        return weights

    def query(self, text: str) -> Query:
        """Ask for the words, and for all of them as one title or name."""
        return Query(_terms(text), _whole(text))

    def phrases(self, product: Product, brand: str) -> Iterator[str]:
        """Suggest titles, creators, genres and series."""
        yield product.title
        for attribute in product.attributes:
            if attribute.name in _SUGGESTED:
                yield attribute.value


def _terms(text: str) -> tuple[str, ...]:
    return unique(_SAME.get(word, word) for word in words(text))


def _titles(title: str) -> Iterable[str]:
    """Return the title and its first part: "Album" of "Album - Artist", "Name" of "Name: more"."""
    return unique((title, title.partition(" – ")[0], title.partition(": ")[0]))  # noqa: RUF001 - as printed


def _whole(text: str) -> str:
    return "=" + " ".join(words(text))
