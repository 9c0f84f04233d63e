"""What is wrong with a topology: file, key, problem and remedy; all of it at once."""

from collections.abc import Sequence
from typing import NamedTuple

from maestri.errors import TopologyError


class Finding(NamedTuple):
    """One thing that is wrong."""

    file: str
    key: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        end = "" if self.remedy.endswith((".", "?")) else "."
        return f"{where}: {self.problem}. {self.remedy}{end}"


def error_of(findings: Sequence[Finding]) -> TopologyError:
    """Return the error with one line per finding."""
    return TopologyError("\n".join(map(str, findings)))


def raise_for_findings(findings: Sequence[Finding]) -> None:
    """
    Return if there are no *findings*.

    Raises:
        TopologyError: Has one line per finding.
    """
    if findings:
        raise error_of(findings)
