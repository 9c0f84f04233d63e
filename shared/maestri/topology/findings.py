"""What is wrong with a topology: file, line, key, problem and remedy; all of it at once."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from maestri.errors import TopologyError


class Place(NamedTuple):
    """A line of a file."""

    file: str
    line: int = 0


class Finding(NamedTuple):
    """
    One thing that is wrong.

    Attributes:
        file: From the project's folder; empty for a variable of the environment.
        key: Of the file, the variable's name, or what of the code is meant.
        line: Of the file; 0 if none is meant.
    """

    file: str
    key: str
    problem: str
    remedy: str
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        where = ": ".join(part for part in (place, self.key) if part)
        remedy = self.remedy[:1].upper() + self.remedy[1:]
        end = "" if remedy.endswith((".", "?")) else "."
        return f"{where}: {self.problem}. {remedy}{end}"


def place_of(places: Mapping[str, Place], key: str) -> Place | None:
    """Return where *key* is written, or else the nearest table around it."""
    while key not in places:
        key, dot, _ = key.rpartition(".")
        if not dot:
            return None
    return places[key]


def error_of(findings: Iterable[Finding]) -> TopologyError:
    """Return the error with one line per finding."""
    return TopologyError("\n".join(map(str, findings)))


def raise_for_findings(findings: Iterable[Finding]) -> None:
    """
    Return if there are no *findings*.

    Raises:
        TopologyError: Has one line per finding.
    """
    listed = tuple(findings)
    if listed:
        raise error_of(listed)
