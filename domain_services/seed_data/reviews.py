"""What customers wrote about the products before the store's first day."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from random import Random

from domain_services.seed_data.assortment import FIRST_DAY, Draft, drafts
from domain_services.seed_data.chance import dice, happens
from domain_services.seed_data.grammar import Alternatives, Words, capitalised, texts, word_lists
from domain_services.seed_data.records import Review

REVIEWS_PER_PRODUCT_MAX = 40

_REVIEWS_PER_PRODUCT_MEAN = 5.6
_UNHAPPY_RATE = 0.04
_SHARED_SENTENCE_RATE = 0.6
_MOODS = {1: "bad", 2: "bad", 3: "mixed", 4: "good", 5: "good"}

Lists = Mapping[str, Alternatives]


def reviews() -> tuple[Review, ...]:
    """Let customers judge: stars spread around a product's quality, and words fit the stars."""
    tables = texts("reviews")
    lists = {
        category: word_lists(
            tables["people"], tables["any"], {f"own {mood}": text for mood, text in table.items()}
        )
        for category, table in tables.items()
    }
    return tuple(review for draft in drafts() for review in _about(draft, lists[draft.category.id]))


def _about(draft: Draft, lists: Lists) -> Iterator[Review]:
    rng = dice(f"reviews/{draft.sku}")
    wanted = rng.expovariate(1 / _REVIEWS_PER_PRODUCT_MEAN) * (0.4 + 1.2 * draft.appeal)
    days = (FIRST_DAY - draft.added_on).days
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
    if happens(rng, _UNHAPPY_RATE):
        return 1
    return min(5, max(1, round(rng.gauss(quality + 0.15, 0.95))))


def _author(rng: Random, lists: Lists) -> str:
    first, last = rng.choice(lists["first"]), rng.choice(lists["last"])
    nick = f"{rng.choice(lists['nick'])}{rng.randint(2, 99)}"
    names = (f"{first} {capitalised(last)[0]}.", f"{first} {last}", first, nick)
    return rng.choices(names, weights=(50, 20, 18, 12))[0]


def _written(
    rng: Random, draft: Draft, lists: Lists, stars: int, said: set[str]
) -> tuple[str, str]:
    """Say one to three sentences that nobody has *said* about this product before."""
    mood = _MOODS[stars]
    words = Words(rng, lists, {"noun": draft.kind.noun, "brand": draft.brand.name})
    own = _unsaid(lists[f"own {mood}"], said)
    templates = rng.sample(own, min(len(own), rng.choice((1, 1, 2))))
    if happens(rng, _SHARED_SENTENCE_RATE):
        templates.append(rng.choice(_unsaid(lists[mood], said)))
    said.update(templates)
    title = rng.choice(_unsaid(lists[f"{mood}_title"], said))
    said.add(title)
    return title, " ".join(capitalised(words.spoken(template)) for template in templates)


def _unsaid(choices: Alternatives, said: set[str]) -> Alternatives:
    return tuple(choice for choice in choices if choice not in said) or choices
