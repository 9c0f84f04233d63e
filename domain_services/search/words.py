"""How texts become words: the part of understanding that all search children share."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

QUERY_WORDS_MAX = 12
"""Words of a query after these are not looked at."""

_WORD = re.compile(r"[a-z0-9]+")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "'": None, "’": None})  # noqa: RUF001 - an apostrophe as printed
_STOP_WORDS = frozenset("a an and at by for from in is it of on or the to with".split())  # noqa: SIM905 - shorter to read
_NO_PLURALS = ("ss", "us", "is")
_IRREGULAR: Mapping[str, str] = {"mice": "mouse", "knives": "knife", "shelves": "shelf"}


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return *text* in lower case and without accents, as people type."""
    plain = text.casefold().translate(_LETTERS)
    if plain.isascii():
        return plain
    plain = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """Return the words of *text* in the singular, without those that say nothing."""
    found = _WORD.findall(folded(text))
    return [singular(word) for word in found if word not in _STOP_WORDS] or found


def singular(word: str) -> str:
    """Return the singular of an English noun, roughly; what matters is that both sides agree."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.endswith("s") or word.endswith(_NO_PLURALS):  # noqa: PLR2004 - "gas" stays
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "xes", "sses")) else word[:-1]


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """Return *items* once each, in their order."""
    return tuple(dict.fromkeys(items))


def weigh(weights: dict[str, int], terms: Iterable[str], weight: int) -> None:
    """Give *terms* at least *weight*."""
    for term in terms:
        weights[term] = max(weight, weights.get(term, 0))
