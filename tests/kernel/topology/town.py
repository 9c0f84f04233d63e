"""The fixture project as it is, and projects with other topologies over its components."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from maestri.topology import make_importable

TOWN = Path(__file__).parent / "fixture_project"


@pytest.fixture
def town() -> Path:
    """Return the fixture project; its components can be imported."""
    make_importable(TOWN)
    return TOWN


@pytest.fixture
def write(tmp_path: Path, town: Path) -> Callable[..., Path]:
    """Return a function that writes topologies for the town, and returns the project."""
    project = tmp_path / "project"
    folder = project / "shared" / "topologies"
    folder.mkdir(parents=True)
    shutil.copy(town / "pyproject.toml", project)
    shutil.copytree(town / "town", project / "town", ignore=shutil.ignore_patterns("__pycache__"))

    def make(**topologies: str) -> Path:
        for name, text in topologies.items():
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        return project

    return make
