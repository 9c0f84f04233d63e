"""Lines of many processes on one screen: each with its unit's name, in its unit's colour."""

import os
import sys
from collections.abc import Callable
from typing import TextIO

COLOURS = (36, 33, 35, 32, 34, 96, 93, 95, 92, 94)


class LogPrinter:
    """
    Write lines with a name in front.

    Args:
        names: All that will be used, for the width.
        stream: stderr unless told otherwise. A terminal gets colours unless NO_COLOR is set.
    """

    def __init__(self, names: tuple[str, ...], stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._width = max((len(name) for name in names), default=0)
        self._numbers = {name: number for number, name in enumerate(names)}
        self._coloured = self._stream.isatty() and not os.environ.get("NO_COLOR")

    def writer_for(self, name: str) -> Callable[[str], None]:
        """Return a function that writes a line of *name*."""
        front = f"{name:<{self._width}} |"
        if self._coloured:
            colour = COLOURS[self._numbers.get(name, 0) % len(COLOURS)]
            front = f"\x1b[{colour}m{front}\x1b[0m"

        def write_line(line: str) -> None:
            self._stream.write(f"{front} {line}\n")
            self._stream.flush()

        return write_line
