"""Text for a terminal is at most 80 columns wide."""

import textwrap
from collections.abc import Iterable, Iterator

WIDTH = 80
HANGING = 4


def fitted(lines: Iterable[str], width: int = WIDTH) -> Iterator[str]:
    """Yield *lines*; what is longer goes on below, further in. A word is never broken."""
    for line in lines:
        text = line.lstrip()
        indent = line[: len(line) - len(text)]
        yield from textwrap.wrap(
            text.rstrip(),
            width,
            initial_indent=indent,
            subsequent_indent=indent + " " * HANGING,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
