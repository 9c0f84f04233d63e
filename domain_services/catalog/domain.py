"""Rules of the catalog: what is featured, what can be narrowed by, and what facets show."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import zip_longest

import msgspec

from domain_services.catalog.contract import Category, Facet, FacetValue
from domain_services.vocabulary import Sku

FACETS_MAX = 10
VALUES_MAX = 64
"""An attribute with more values names rather than narrows."""

MEASURES_MAX = 12
"""An attribute with more numbers as values measures rather than narrows."""


class FacetCount(msgspec.Struct, frozen=True):
    """How many products of a listing have one value of an attribute."""

    name: str
    value: str
    count: int


def featured_order(skus: Iterable[Sku]) -> list[Sku]:
    """Return *skus* well mixed, in the same way on every machine."""
    return sorted(skus, key=lambda sku: blake2b(sku.encode(), digest_size=8).digest())


def narrows(values: Iterable[str]) -> bool:
    """Tell whether an attribute with these *values* is of use as a facet."""
    distinct = set(values)
    measures = sum(value[:1].isdigit() for value in distinct)
    return 1 < len(distinct) <= VALUES_MAX and measures <= MEASURES_MAX


def in_turn(categories: Sequence[Category]) -> list[Category]:
    """Return *categories* so that neighbours are of different groups where that is possible."""
    groups: dict[str, list[Category]] = {}
    for category in categories:
        groups.setdefault(category.group, []).append(category)
    turns = zip_longest(*groups.values())
    return [category for turn in turns for category in turn if category is not None]


def choices(filters: Iterable[str]) -> dict[str, set[str]]:
    """Return the chosen values of ``name:value`` filters by name."""
    chosen: dict[str, set[str]] = {}
    for text in filters:
        name, _, value = text.partition(":")
        chosen.setdefault(name, set()).add(value)
    return chosen


def facets(counts: Iterable[FacetCount], chosen: Mapping[str, set[str]]) -> tuple[Facet, ...]:
    """
    Return the facets of a listing: the attributes that most of its products have.

    A chosen value is always there, even if nothing has it, so that it can be given up again.
    """
    by_name: dict[str, dict[str, int]] = {name: dict.fromkeys(chosen[name], 0) for name in chosen}
    for row in counts:
        by_name.setdefault(row.name, {})[row.value] = row.count
    useful = [name for name, values in by_name.items() if name in chosen or len(values) > 1]
    useful.sort(key=lambda name: (name not in chosen, -sum(by_name[name].values()), name))
    return tuple(
        _facet(name, by_name[name], chosen.get(name, set())) for name in useful[:FACETS_MAX]
    )


def _facet(name: str, count_by_value: Mapping[str, int], chosen: set[str]) -> Facet:
    ordered = sorted(count_by_value.items(), key=lambda item: (-item[1], item[0]))
    return Facet(name, tuple(FacetValue(value, count, value in chosen) for value, count in ordered))
