"""What random plans compute: pure functions of any values, all of them of few results."""

import zlib
from collections.abc import Callable, Mapping
from typing import Any

from tests.kernel.composition.random_programs.contract import Refused

LETTERS = "abcde"


def digest(value: Any) -> int:
    """Return a number that stands for a value."""
    return zlib.crc32(repr(value).encode())


def letter_of(value: Any) -> str:
    """Return one of a few letters."""
    return LETTERS[digest(value) % len(LETTERS)]


def text_of(value: Any) -> str:
    """Return a short text."""
    return f"{digest(value):x}"


def holds(value: Any) -> bool:
    """Return true for every second value."""
    return digest(value) % 2 == 0


def letters_of(value: Any) -> tuple[str, ...]:
    """Return up to four different letters."""
    number = digest(value)
    return tuple(letter for place, letter in enumerate(LETTERS[:4]) if number >> place & 1)


def refused_if(value: Any) -> str:
    """Return a letter, or refuse every second value."""
    if digest(value) % 2:
        raise Refused
    return letter_of(value)


def broken_if(value: Any) -> str:
    """Return a letter, or break with every second value."""
    if digest(value) % 2:
        raise ValueError(value)
    return letter_of(value)


def lane_of(lane: str, number: int, item: Any) -> str:
    """Return the lane of an item: what runs at the same time as others has one of its own."""
    return f"{lane}/{number}{item}"


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (letter_of, text_of, holds, letters_of, refused_if, broken_if, lane_of)
}
