"""
Reads the shipped texts and speaks them: a template's slots are filled from lists of alternatives.

In a list every line, or part of a line between bars, is one alternative. A slot `{name}` draws
from the list `name`; once drawn it keeps its value, so that a title and its description agree.
`{name2}` draws once more from the same list, `{Name}` is `{name}` with a capital letter, and
`{name_low}` without any.
"""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from random import Random
from typing import Any

from msgspec import Struct, convert

Alternatives = tuple[str, ...]

_RANGE = re.compile(r"(\d+)\.\.(\d+)(.*)")
_BEFORE_VOWEL = re.compile(r"\b([Aa]) (?=[aeiouAEIO])(?!on[ce]\b|uni|use|eu|Eu)")
_LONG_WORD = re.compile(r"\b[a-z]{4,}\b")
_INNER_ARTICLE = re.compile(r"(?<=[a-z]) The (?=[A-Z])")
_SMALL = frozenset({"after", "from", "into", "over", "with"})


class Kind(Struct, frozen=True):
    """A type of product: its share of the category, its price range in euros and its texts."""

    name: str
    noun: str
    share: int
    price: tuple[int, int]
    title: str
    opening: str
    feature: str
    attributes: dict[str, str]
    words: dict[str, str] = {}


class CategoryTexts(Struct, frozen=True):
    """Everything that is written for one category."""

    prefix: str
    kinds_are: str
    kinds: tuple[Kind, ...]
    words: dict[str, str]


def texts(name: str) -> Mapping[str, Any]:
    """Read one shipped file of texts."""
    return tomllib.loads(
        files("domain_services.seed_data").joinpath("texts", f"{name}.toml").read_text("utf-8")
    )


def category_texts(name: str) -> CategoryTexts:
    """Read the texts of one category and check their shape."""
    return convert(texts(name), CategoryTexts)


def alternatives(text: str) -> Alternatives:
    """Split a list of alternatives at line ends and bars."""
    return tuple(
        part for part in (raw.strip() for raw in text.replace("|", "\n").split("\n")) if part
    )


def word_lists(*tables: Mapping[str, str]) -> dict[str, Alternatives]:
    """Merge tables of lists; a later table replaces the lists of an earlier one."""
    return {slot: alternatives(text) for table in tables for slot, text in table.items()}


class Words(dict[str, str]):
    """The slot values of one item; a missing one is drawn from its list and kept."""

    def __init__(
        self, rng: Random, lists: Mapping[str, Alternatives], known: Mapping[str, str]
    ) -> None:
        super().__init__(known)
        self._rng = rng
        self._lists = lists

    def __missing__(self, slot: str) -> str:
        if slot[0].isupper():
            return capitalised(self[slot[0].lower() + slot[1:]])
        choices = self._lists.get(slot.rstrip("0123456789"))
        if choices is None and slot.endswith("_low"):
            return self[slot.removesuffix("_low")].lower()
        if choices is None:
            raise KeyError(slot)
        value = self.spoken(self._rng.choice(choices))
        while slot[-1].isdigit() and len(choices) > 1 and value in self.values():
            value = self.spoken(self._rng.choice(choices))
        self[slot] = value
        return value

    def spoken(self, template: str) -> str:
        """Fill the slots of a template, and write "an" for "a" where the filling needs it."""
        if "{" not in template:
            return template
        return _BEFORE_VOWEL.sub(r"\1n ", template.format_map(self))

    def chosen(self, choices: Alternatives) -> str:
        """Speak one of several templates."""
        return self.spoken(self._rng.choice(choices))

    def graded(self, choices: str, level: float) -> str:
        """
        Choose an attribute's value.

        Args:
            choices: A list; `^` in front means that it is sorted, and a product of a high
                *level* gets a late one. `82..171 min` is a number out of that range.
            level: Where the product stands in its kind's price range, 0 to 1.
        """
        numbers = _RANGE.fullmatch(choices)
        if numbers:
            return f"{self._rng.randint(int(numbers[1]), int(numbers[2]))}{numbers[3]}"
        if not choices.startswith("^"):
            return self.chosen(alternatives(choices))
        ordered = alternatives(choices[1:])
        return self.spoken(
            ordered[int((0.85 * level + 0.15 * self._rng.random()) * 0.999 * len(ordered))]
        )


def capitalised(text: str) -> str:
    """Write the first letter large and leave the others as they are."""
    return text[:1].upper() + text[1:]


def headline(text: str) -> str:
    """Write a title as shops do: long words with a capital letter, an inner "The" without."""
    return _INNER_ARTICLE.sub(
        " the ",
        _LONG_WORD.sub(lambda word: word[0] if word[0] in _SMALL else word[0].title(), text),
    )
