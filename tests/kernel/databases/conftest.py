"""Every rule of the seam is tested on a real SQLite file, in memory, and on a real PostgreSQL."""

from collections.abc import Generator
from pathlib import Path

import pytest

from maestri.testing import embedded_postgres, fresh_database


@pytest.fixture(scope="session")
def postgres_server() -> Generator[str, None, None]:
    """Yield the URL of a server that lives as long as the test run."""
    with embedded_postgres() as url:
        yield url


@pytest.fixture(params=["file", "memory", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database."""
    return _new_url(request, tmp_path)


@pytest.fixture(params=["file", "postgres"])
def shared_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database that several processes can open."""
    return _new_url(request, tmp_path)


def _new_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "file":
        return f"sqlite://{tmp_path}/store.db"
    if request.param == "memory":
        return "sqlite://:memory:"
    return fresh_database(request.getfixturevalue("postgres_server"))
