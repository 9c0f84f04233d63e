"""The examples of the documents: those of the rooms' docstrings, those between fences."""

import ast
import re
import textwrap
from pathlib import Path

PROJECT = Path(__file__).parents[2]
KERNEL = PROJECT / "shared" / "maestri"
ROOMS = sorted(path.parent.name for path in KERNEL.glob("*/__init__.py"))
DOCUMENTS = ("README.md", "CONTRIBUTING.md")
_EXAMPLE = re.compile(r"[Ss]mallest\s+example[^:]*::\n\n((?:    [^\n]*\n|\n)+)")
_FENCED = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def example_of(room: str) -> str:
    """Return the code of the smallest example in a room's docstring."""
    doc = ast.get_docstring(ast.parse((KERNEL / room / "__init__.py").read_text()), clean=True)
    found = _EXAMPLE.search((doc or "") + "\n")
    assert found is not None, f"the docstring of {room} has no `Smallest example::`"
    return textwrap.dedent(found.group(1))


def programs_of(document: str) -> list[str]:
    """Return the Python in a document that can run: it begins with its imports."""
    fenced = _FENCED.findall((PROJECT / document).read_text(encoding="utf-8"))
    return [text for text in fenced if text.startswith(("from ", "import "))]
