"""Lines of many processes on one screen: each with its unit's name, in its unit's colour."""

import json
import os
import sys
from collections.abc import Callable
from typing import TextIO

COLOURS = (36, 33, 35, 32, 34, 96, 93, 95, 92, 94)


class LogPrinter:
    """
    Write lines with a name in front, or as JSON with the name inside.

    Args:
        names: All that will be used, for the width.
        stream: stderr unless told otherwise. A terminal gets colours unless NO_COLOR is set.
        as_json: Whether each line is an object: what a process writes as one gets its ``unit``,
            anything else becomes its ``message``.
    """

    def __init__(
        self, names: tuple[str, ...], stream: TextIO | None = None, *, as_json: bool = False
    ) -> None:
        self._stream = stream or sys.stderr
        self._as_json = as_json
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
            self._stream.write(f"{_told(name, line) if self._as_json else f'{front} {line}'}\n")
            self._stream.flush()

        return write_line


def _told(name: str, line: str) -> str:
    try:
        told = json.loads(line)
    except ValueError:
        told = None
    return json.dumps({"unit": name, **(told if isinstance(told, dict) else {"message": line})})
