"""
What the store sells on its first day.

Every item is made in two stages. A *draft* decides the numbers (brand, price, age, quality); the
product is then written to fit them. Prices, stock and reviews need only drafts, so they never pay
for a description.
"""

from bisect import insort
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import accumulate

from msgspec import Struct, convert

from domain_services.seed_data.chance import dice, happens
from domain_services.seed_data.grammar import (
    Alternatives,
    CategoryTexts,
    Kind,
    Words,
    alternatives,
    capitalised,
    category_texts,
    headline,
    texts,
    word_lists,
)
from domain_services.seed_data.records import Attribute, Brand, Category, Product
from domain_services.vocabulary import BrandId, CategoryId, Sku

FIRST_DAY = date(2026, 11, 16)
PRODUCTS_PER_CATEGORY = 188
SIMILAR = 4

_NOT_FOR_SALE_RATE = 0.011
_CLOSING_RATE = 0.6
_CENTS_BELOW_MINOR = 10_000
_TENS_BELOW_MINOR = 50_000
_ATTEMPTS_MAX = 60
_WITH_ARTICLE = frozenset({"Netherlands", "United Kingdom"})


class BrandTexts(Struct, frozen=True):
    """What is written about a brand."""

    name: str
    country: str
    sells: tuple[str, ...]
    tier: float
    story: str
    makes: tuple[str, ...] = ()


class Draft(Struct, frozen=True):
    """The numbers of a product before it is written; *level* and *appeal* go from 0 to 1."""

    sku: Sku
    category: Category
    kind: Kind
    brand: Brand
    level: float
    appeal: float
    quality: float
    price_minor: int
    added_on: date


def categories() -> tuple[Category, ...]:
    """List the store's departments in the order in which they are shown."""
    return tuple(
        convert({"id": key, **rest}, Category) for key, rest in texts("categories").items()
    )


def brands() -> tuple[Brand, ...]:
    """List everybody who makes or publishes something that the store sells."""
    return tuple(
        Brand(BrandId(key), row.name, row.country, row.story) for key, row in _brand_texts().items()
    )


@cache
def drafts() -> tuple[Draft, ...]:
    """
    Decide the numbers of every product, category by category.

    BoundedCache, like the products: in one process, many services open with the same data.
    """
    return tuple(_drawn())


def _drawn() -> Iterator[Draft]:
    rows = _brand_texts()
    for category in categories():
        sellers = [
            (Brand(BrandId(key), row.name, row.country, row.story), row)
            for key, row in rows.items()
            if category.id in row.sells
        ]
        written = category_texts(category.id)
        weights = tuple(accumulate(kind.share for kind in written.kinds))
        for number in range(1, PRODUCTS_PER_CATEGORY + 1):
            sku = Sku(f"{written.prefix}-{number:04}")
            rng = dice(f"draft/{sku}")
            kind = rng.choices(written.kinds, cum_weights=weights)[0]
            brand, row = rng.choice(
                [(brand, row) for brand, row in sellers if not row.makes or kind.name in row.makes]
            )
            level = rng.triangular(0, 1, 0.3)
            low, high = kind.price
            yield Draft(
                sku=sku,
                category=category,
                kind=kind,
                brand=brand,
                level=level,
                appeal=rng.random(),
                quality=min(4.9, max(2.4, rng.gauss(4.15, 0.5))),
                price_minor=shelf_price_minor(100 * row.tier * low * (high / low) ** level),
                added_on=FIRST_DAY - timedelta(days=int(1100 * rng.random() ** 1.6)),
            )


@cache
def products() -> tuple[Product, ...]:
    """Write every product: titles and descriptions are unique in the whole store."""
    reasons = {group: alternatives(text) for group, text in texts("not_for_sale").items()}
    all_drafts = drafts()
    unsold = {
        draft.sku: reason for draft in all_drafts if (reason := _not_for_sale(draft, reasons))
    }
    similar = _similar(tuple(draft for draft in all_drafts if draft.sku not in unsold), all_drafts)
    taken: set[str] = set()
    written: dict[CategoryId, CategoryTexts] = {}
    lists: dict[tuple[CategoryId, str], Mapping[str, Alternatives]] = {}
    rows = []
    for draft in all_drafts:
        category = draft.category.id
        shared = written.get(category) or written.setdefault(category, category_texts(category))
        key = (category, draft.kind.name)
        if key not in lists:
            lists[key] = word_lists(shared.words, draft.kind.words, _phrases(draft.kind))
        title, description, attributes = _write(draft, lists[key], taken)
        rows.append(
            Product(
                sku=draft.sku,
                category_id=category,
                brand_id=draft.brand.id,
                title=title,
                description=description,
                attributes=(Attribute(shared.kinds_are, draft.kind.name), *attributes),
                recommended_price_minor=draft.price_minor,
                added_on=draft.added_on,
                for_sale=draft.sku not in unsold,
                not_for_sale_because=unsold.get(draft.sku),
                similar=similar[draft.sku],
            )
        )
    return tuple(rows)


def shelf_price_minor(price_minor: float) -> int:
    """Round to a price that a shop would print: 12.99, 149.00, 1249.00."""
    euros = int(price_minor) // 100
    if price_minor < _CENTS_BELOW_MINOR:
        return euros * 100 + 99
    step = 10 if price_minor < _TENS_BELOW_MINOR else 50
    return (euros // step * step + step - 1) * 100


def _brand_texts() -> dict[str, BrandTexts]:
    return convert(texts("brands"), dict[str, BrandTexts])


def _phrases(kind: Kind) -> Mapping[str, str]:
    return {"the title": kind.title, "the opening": kind.opening, "the feature": kind.feature}


def _write(
    draft: Draft, lists: Mapping[str, Alternatives], taken: set[str]
) -> tuple[str, str, tuple[Attribute, ...]]:
    """Draw texts until title and description are new, and remember both in *taken*."""
    country = draft.brand.country
    for attempt in range(_ATTEMPTS_MAX):
        rng = dice(f"product/{draft.sku}/{attempt}")
        known = {
            "brand": draft.brand.name,
            "country": f"the {country}" if country in _WITH_ARTICLE else country,
            "year": str(draft.added_on.year - min(12, int(rng.expovariate(0.6)))),
        }
        words = Words(rng, lists, known)
        attributes = tuple(_attributes(draft, words))
        title = headline(capitalised(words.chosen(lists["the title"])))
        if title in taken:
            continue
        openings, features = lists["the opening"], lists["the feature"]
        templates = [rng.choice(openings), *rng.sample(features, rng.choice((1, 2, 2)))]
        if happens(rng, _CLOSING_RATE):
            templates.append(rng.choice(lists["closing"]))
        description = " ".join(capitalised(words.spoken(template)) for template in templates)
        if description not in taken:
            taken.update((title, description))
            return title, description, attributes
    raise AssertionError(f"the texts of {draft.kind.name} are too few for {draft.sku}")


def _attributes(draft: Draft, words: Words) -> Iterator[Attribute]:
    for name, choices in draft.kind.attributes.items():
        value = words.graded(choices, draft.level)
        words[name.lower().replace(" ", "_").replace("-", "_")] = value
        yield Attribute(
            name, capitalised(value) if value[:1].islower() and " f/" not in value else value
        )


def _not_for_sale(draft: Draft, reasons: Mapping[str, Alternatives]) -> str | None:
    rng = dice(f"for sale/{draft.sku}")
    return rng.choice(reasons[draft.category.group]) if happens(rng, _NOT_FOR_SALE_RATE) else None


def _similar(
    sold: tuple[Draft, ...], all_drafts: tuple[Draft, ...]
) -> Mapping[Sku, tuple[Sku, ...]]:
    """Find the products on sale of the same kind whose prices are closest."""
    shelves: dict[tuple[CategoryId, str], list[tuple[int, Sku]]] = {}
    for draft in sold:
        insort(
            shelves.setdefault((draft.category.id, draft.kind.name), []),
            (draft.price_minor, draft.sku),
        )
    found = {}
    for draft in all_drafts:
        others = [row for row in shelves[draft.category.id, draft.kind.name] if row[1] != draft.sku]
        others.sort(key=lambda row: abs(row[0] - draft.price_minor))
        found[draft.sku] = tuple(sku for _, sku in others[:SIMILAR])
    return found
