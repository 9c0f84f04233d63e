"""
A term index in SQL: each child decides what the terms of a product and of a query are.

A product has terms with weights from 0 to 1,000. A query has terms; it finds the products that have
all of them, or all but one in three, and the score is the average weight of the query's terms. A
query may also be something as a whole, such as a title: that puts a product on top, no more.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import msgspec

from domain_services import seed_data
from domain_services.search.words import QUERY_WORDS_MAX, folded, unique
from domain_services.seed_data.records import Group, Product
from domain_services.vocabulary import Sku
from maestri.databases import Database, Migration, Scalar, Transaction
from sub_orchestrators.browsing.spi import Hit, Hits

WEIGHT_MAX = 1_000
_WEIGHT_MIN = 200
"""What answers less of a query than this, on average, is noise."""
_MISSING_ONE_IN = 3
_WORDS_OF_A_KIND_MAX = 3

_TABLES = """
CREATE TABLE document (sku TEXT PRIMARY KEY, title TEXT NOT NULL, position BIGINT NOT NULL);
CREATE TABLE posting (
    term TEXT NOT NULL,
    sku TEXT NOT NULL REFERENCES document,
    weight BIGINT NOT NULL,
    PRIMARY KEY (term, sku)
);
CREATE TABLE suggestion (
    folded TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    products BIGINT NOT NULL,
    position BIGINT NOT NULL
);
"""
# Positions are numbers because databases do not agree on how texts are sorted.

_SEARCH = """
    SELECT document.sku, document.title, SUM(posting.weight) AS weight, COUNT(*) OVER () AS total
    FROM posting JOIN document ON document.sku = posting.sku
    WHERE posting.term IN :terms OR posting.term = :whole
    GROUP BY document.sku, document.title, document.position
    HAVING SUM(CASE WHEN posting.term = :whole THEN 0 ELSE 1 END) >= :count_min
    AND SUM(posting.weight) >= :weight_min
    ORDER BY SUM(posting.weight) DESC, document.position LIMIT :limit
"""
_SUGGEST = """
    SELECT text FROM suggestion WHERE folded LIKE :pattern ESCAPE '!'
    ORDER BY products DESC, position LIMIT :limit
"""


class Query(msgspec.Struct, frozen=True):
    """What a query asks for; without terms it says nothing."""

    terms: tuple[str, ...]
    whole: str = ""
    """A term that no word is equal to."""


class Understanding(Protocol):
    """What makes one child different from another."""

    def terms(self, product: Product, brand: str) -> Mapping[str, int]:
        """Return the terms by which a product is found, with their weights."""
        ...

    def query(self, text: str) -> Query:
        """Return what people mean who type *text*."""
        ...

    def phrases(self, product: Product, brand: str) -> Iterable[str]:
        """Return queries worth suggesting that find the product."""
        ...


class _Found(msgspec.Struct, frozen=True):
    sku: str
    title: str
    weight: int
    total: int


class TermIndex:
    """Finds products of one group in a child's own database."""

    def __init__(self, database: Database, understanding: Understanding) -> None:
        self._database = database
        self._understanding = understanding

    async def search(self, query: str, limit: int) -> Hits:
        """Return the products that fit *query* best; equal ones in the catalog's order."""
        asked = self._understanding.query(query)
        terms = asked.terms[:QUERY_WORDS_MAX]
        if not terms:
            return Hits((), 0)
        rows = await self._database.rows(
            _Found,
            _SEARCH,
            terms=terms,
            whole=asked.whole,
            count_min=len(terms) - len(terms) // _MISSING_ONE_IN,
            weight_min=_WEIGHT_MIN * len(terms),
            limit=limit,
        )
        score_max = WEIGHT_MAX * len(terms)
        hits = tuple(
            Hit(Sku(row.sku), round(min(1.0, row.weight / score_max), 3), row.title) for row in rows
        )
        return Hits(hits, rows[0].total if rows else 0)

    async def suggestions(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return phrases that start with *prefix*, those of most products first."""
        start = " ".join(folded(prefix).split())
        if not start:
            return ()
        literal = "".join(f"!{letter}" if letter in "!%_" else letter for letter in start)
        # One phrase may be found from several of its words.
        rows = await self._database.rows(str, _SUGGEST, pattern=f"{literal}%", limit=3 * limit)
        return tuple(dict.fromkeys(rows))[:limit]


def migrations(group: Group, understanding: Understanding) -> tuple[Migration, ...]:
    """Return the migrations of a child's index over the products for sale of *group*."""

    def fill(transaction: Transaction) -> None:
        categories = {each.id for each in seed_data.categories() if each.group == group}
        brands = {brand.id: brand.name for brand in seed_data.brands()}
        products = [
            (product, brands[product.brand_id])
            for product in seed_data.products()
            if product.for_sale and product.category_id in categories
        ]
        transaction.execute_many(
            "INSERT INTO document (sku, title, position) VALUES (:sku, :title, :position)",
            (
                {"sku": product.sku, "title": product.title, "position": position}
                for position, (product, _) in enumerate(products)
            ),
        )
        transaction.execute_many(
            "INSERT INTO posting (term, sku, weight) VALUES (:term, :sku, :weight)",
            (
                {"term": term, "sku": product.sku, "weight": weight}
                for product, brand in products
                for term, weight in understanding.terms(product, brand).items()
            ),
        )
        transaction.execute_many(
            "INSERT INTO suggestion (folded, text, products, position)"
            " VALUES (:folded, :text, :products, :position)",
            _suggestions(products, understanding),
        )

    return (Migration(1, "term index", _TABLES), Migration(2, f"seed data: {group}", fill))


def _suggestions(
    products: Iterable[tuple[Product, str]], understanding: Understanding
) -> Iterator[dict[str, Scalar]]:
    texts: dict[str, str] = {}
    counts: dict[str, int] = {}
    for product, brand in products:
        for phrase in unique(understanding.phrases(product, brand)):
            key = " ".join(folded(phrase).split())
            texts.setdefault(key, phrase)
            counts[key] = counts.get(key, 0) + 1
    chosen = {key: key for key in texts}
    for key in sorted(texts, key=lambda key: (-counts[key], key)):
        # A visitor types "headphones" and means over-ear headphones: of several the most common.
        for start in _later_words(key):
            chosen.setdefault(start, key)
    for position, start in enumerate(sorted(chosen)):
        key = chosen[start]
        yield {
            "folded": start,
            "text": texts[key],
            "products": counts[key],
            "position": position,
        }


def _later_words(phrase: str) -> Iterator[str]:
    """Yield a short phrase from its second word on, from its third, and so on."""
    rest = phrase.split()[1:]
    if len(rest) < _WORDS_OF_A_KIND_MAX:
        for place in range(len(rest)):
            yield " ".join(rest[place:])
