"""What customers wrote about the products before the store's first day."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from random import Random

from domain_services.opening_data.assortment import OPENING_DAY, Draft, drafts
from domain_services.opening_data.grammar import Alternatives, Words, capitalised, texts, word_lists
from domain_services.opening_data.records import Review

REVIEWS_PER_PRODUCT_MAX = 40

_REVIEWS_PER_PRODUCT_MEAN = 5.6
_UNHAPPY_CHANCE = 0.04

Lists = Mapping[str, Alternatives]


def reviews() -> tuple[Review, ...]:
    """Let customers judge: stars spread around each product's quality, and the words fit the stars."""
    tables = texts("reviews")
    lists = {
        category: word_lists(tables["people"], tables["any"], {f"own {mood}": text for mood, text in table.items()})
        for category, table in tables.items()
    }
    return tuple(review for draft in drafts() for review in _about(draft, lists[draft.category.id]))


def _about(draft: Draft, lists: Lists) -> Iterator[Review]:
    rng = Random(f"reviews/{draft.sku}")
    wanted = rng.expovariate(1 / _REVIEWS_PER_PRODUCT_MEAN) * (0.4 + 1.2 * draft.appeal)
    days = (OPENING_DAY - draft.added_on).days
    said: set[str] = set()
    for number in range(1, min(REVIEWS_PER_PRODUCT_MAX, round(wanted)) + 1):
        stars = _stars(rng, draft.quality)
        title, body = _written(rng, draft, lists, stars, said)
        yield Review(
            id=f"{draft.sku}-R{number:02}",
            sku=draft.sku,
            author=_author(rng, lists),
            stars=stars,
            title=title,
            body=body,
            written_on=draft.added_on + timedelta(days=int(days * rng.random())),
        )


def _stars(rng: Random, quality: float) -> int:
    if rng.random() < _UNHAPPY_CHANCE:
        return 1
    return min(5, max(1, round(rng.gauss(quality + 0.15, 0.95))))


def _author(rng: Random, lists: Lists) -> str:
    style = rng.random()
    if style < 0.12:
        return f"{rng.choice(lists['nick'])}{rng.randint(2, 99)}"
    first, last = rng.choice(lists["first"]), rng.choice(lists["last"])
    if style < 0.3:
        return first
    return f"{first} {last}" if style < 0.5 else f"{first} {capitalised(last)[0]}."


def _written(rng: Random, draft: Draft, lists: Lists, stars: int, said: set[str]) -> tuple[str, str]:
    """Say one to three sentences; what one customer *said* about a product, the next one does not repeat."""
    mood = "good" if stars >= 4 else "mixed" if stars == 3 else "bad"
    words = Words(rng, lists, {"noun": draft.kind.noun, "brand": draft.brand.name})
    own = _unsaid(lists[f"own {mood}"], said)
    templates = rng.sample(own, min(len(own), rng.choice((1, 1, 2))))
    if rng.random() < 0.6:
        templates.append(rng.choice(_unsaid(lists[mood], said)))
    said.update(templates)
    title = rng.choice(_unsaid(lists[f"{mood}_title"], said))
    said.add(title)
    return title, " ".join(capitalised(words.spoken(template)) for template in templates)


def _unsaid(choices: Alternatives, said: set[str]) -> Alternatives:
    return tuple(choice for choice in choices if choice not in said) or choices
