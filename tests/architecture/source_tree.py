"""What the rules of tidiness look at: the project's files, and the functions and names in them."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
KERNEL = ROOT / "shared" / "maestri"
COMPONENTS = ("bff_web", "bff_mobile", "sub_orchestrators", "domain_services")

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file of the project, with its path from the project's root."""

    path: Path
    text: str

    @property
    def tree(self) -> ast.Module:
        """The syntax tree of the file."""
        return parsed(self.text)

    @property
    def functions(self) -> Iterator[AnyFunction]:
        """All functions and methods of the file, nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, AnyFunction))

    @property
    def lines(self) -> int:
        """The number of lines."""
        return self.text.count("\n")


@cache
def parsed(text: str) -> ast.Module:
    """Parse each file once, however many rules look at it."""
    return ast.parse(text)


@cache
def project_files() -> tuple[Path, ...]:
    """List what git tracks or would track, so that nobody's leftovers are judged."""
    git = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = sorted({Path(name) for name in listed.split("\0") if name})
    return tuple(path for path in paths if (ROOT / path).is_file())


@cache
def project_sources() -> tuple[Source, ...]:
    """Read every Python file of the project."""
    python = (path for path in project_files() if path.suffix == ".py")
    return tuple(Source(path, (ROOT / path).read_text("utf-8")) for path in python)


def read(path: Path, below: Path) -> Source:
    """Read one file outside the project as if *below* were the project's root."""
    return Source(path.relative_to(below), path.read_text("utf-8"))
