"""Where the keys of a TOML file are written: the library that reads it does not tell."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

STATEMENT_LINES_MAX = 200
Path = tuple[str, ...]


def lines_of_keys(text: str) -> dict[str, int]:
    """
    Return the line of each key of a well-formed file, by its dotted path.

    A text in a list is found below its key: ``unit.web.components.bff_web``. The first place
    counts, and a statement of more than 200 lines is passed over.
    """
    lines = text.splitlines()
    found: dict[str, int] = {}
    table: Path = ()
    start = 0
    while start < len(lines):
        end, parsed = _statement(lines, start)
        header = lines[start].lstrip().startswith("[")
        for path, value in _paths(parsed):
            whole = path if header else (*table, *path)
            found.setdefault(".".join(whole), start + 1)
            if isinstance(value, list):
                for offset, line in enumerate(lines[start:end]):
                    for item in value:
                        if isinstance(item, str) and (f'"{item}"' in line or f"'{item}'" in line):
                            found.setdefault(".".join((*whole, item)), start + 1 + offset)
        if header:
            table = max((path for path, _ in _paths(parsed)), key=len, default=())
        start = end
    return found


def _statement(lines: list[str], start: int) -> tuple[int, Mapping[str, Any]]:
    """Return where the statement that begins at *start* ends, and what it says."""
    # The grammar is the library's: a statement is over when it can be read.
    for end in range(start + 1, min(len(lines), start + STATEMENT_LINES_MAX) + 1):
        try:
            return end, tomllib.loads("\n".join(lines[start:end]))
        except tomllib.TOMLDecodeError:
            continue
    return start + 1, {}


def _paths(parsed: Mapping[str, Any], above: Path = ()) -> Iterator[tuple[Path, Any]]:
    for key, value in parsed.items():
        yield (*above, key), value
        if isinstance(value, dict):
            yield from _paths(value, (*above, key))
