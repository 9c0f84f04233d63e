import subprocess
import sys
from pathlib import Path

import pytest

from maestri.databases import open_database
from maestri.databases.factory import without_password
from maestri.errors import DatabaseError


@pytest.mark.parametrize(
    "url",
    [
        "",
        "store.db",
        "mysql://host/store",
        "sqlite:///",
        "sqlite://",
        "sqlite://host/store.db",
        "sqlite:store.db",
        "sqlite:///store.db?mode=ro",
        "postgresql://host/store?colour=blue",
    ],
)
def test_a_broken_url_is_refused_at_once(url: str) -> None:
    """The error comes when the database is opened and shows how a URL is written."""
    with pytest.raises(DatabaseError, match=r"write sqlite:///|write postgresql://"):
        open_database(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ann:s3cret@host/store", "postgresql://ann:***@host/store"),
        ("postgresql://ann:s/3@cret@host/store", "postgresql://ann:***@host/store"),
        (
            "postgresql://host/store?user=a&password=s3&x=1",
            "postgresql://host/store?user=a&password=***&x=1",
        ),
        ("postgresql://ann@host/store", "postgresql://ann@host/store"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    """The name of a database in messages is its URL without passwords."""
    assert without_password(url) == shown


def test_opening_touches_nothing(tmp_path: Path) -> None:
    """Before ``start`` no file is made and nobody is called."""
    open_database(f"sqlite://{tmp_path}/store.db")
    open_database("postgresql://nobody@nowhere.invalid/store")

    assert list(tmp_path.iterdir()) == []


async def test_a_path_may_be_relative_and_hold_any_character(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``sqlite://./`` starts at the current directory; ``%20`` and the like are decoded."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a dir?#%").mkdir()
    async with open_database("sqlite://./a%20dir%3F%23%25/store.db"):
        names = [path.name for path in (tmp_path / "a dir?#%").iterdir()]

    assert "store.db" in names


async def test_each_database_in_memory_is_alone() -> None:
    """Two databases in memory share nothing."""
    async with (
        open_database("sqlite://:memory:") as first,
        open_database("sqlite://:memory:") as second,
    ):
        await first.write(lambda transaction: transaction.execute("CREATE TABLE a (b TEXT)"))
        with pytest.raises(DatabaseError, match="no such table: a"):
            await second.rows(str, "SELECT b FROM a")


def test_psycopg_is_imported_only_for_its_url() -> None:
    """Who uses SQLite never needs the driver of PostgreSQL, nor pays for its import."""
    code = (
        "import sys; from maestri.databases import open_database; "
        "open_database('sqlite://:memory:'); sys.exit('psycopg' in sys.modules)"
    )

    assert (
        subprocess.run(
            [sys.executable, "-c", code], check=False, env={"PYTHONPATH": ":".join(sys.path)}
        ).returncode
        == 0
    )


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without psycopg the error says what to install."""
    monkeypatch.setitem(sys.modules, "maestri.databases.postgres", None)
    with pytest.raises(DatabaseError, match=r"pip install 'maestri\[postgres\]'"):
        open_database("postgresql://host/store")
