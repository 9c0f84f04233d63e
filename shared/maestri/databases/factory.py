"""A URL chooses the database. Nothing is touched before ``start``."""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from maestri.databases.database import Database
from maestri.databases.migrations import Migration, sorted_migrations
from maestri.databases.options import DatabaseOptions
from maestri.errors import DatabaseError

_EXPECTED = "write sqlite:///absolute/file.db, sqlite://./relative/file.db, sqlite://:memory: or postgresql://user@host/name"


def open_database(
    url: str, *, migrations: Sequence[Migration] = (), options: DatabaseOptions | None = None
) -> Database:
    """
    Return the database at *url*; ``start`` connects and migrates it.

    Args:
        url: ``sqlite:///absolute/file.db``, ``sqlite://./relative/file.db``, ``sqlite://:memory:``
            (with data of its own each time) or ``postgresql://user:password@host/name``.
        migrations: The whole history of the schema, in any order.
        options: Bounds. None means the defaults.

    Raises:
        DatabaseError: The URL or the numbering of the migrations is wrong.
    """
    name = without_password(url)
    chosen = options or DatabaseOptions()
    ordered = sorted_migrations(migrations, name)
    if url.startswith("sqlite:"):
        from maestri.databases.sqlite import SqliteDatabase

        return SqliteDatabase(name, _sqlite_path(url), ordered, chosen)
    if url.startswith(("postgresql://", "postgres://")):
        try:
            from maestri.databases.postgres import PostgresDatabase
        except ImportError as error:
            raise DatabaseError(
                f"{name}: the driver of PostgreSQL is missing ({error}): "
                "pip install 'maestri[postgres]'"
            ) from error
        return PostgresDatabase(name, url, ordered, chosen)
    raise DatabaseError(f"{name!r} is not the URL of a database: {_EXPECTED}")


def without_password(url: str) -> str:
    """Return *url* with ``***`` for its passwords."""
    hidden = re.sub(r"(?s)(?<=://)([^:/?#@]*):.*@", r"\1:***@", url)
    return re.sub(r"(?i)(password=)[^&]*", r"\1***", hidden)


def _sqlite_path(url: str) -> Path | None:
    """Return the file, or None for a database in memory."""
    if url == "sqlite://:memory:":
        return None
    parts = urlsplit(url)
    path = unquote(parts.path)
    if (
        parts.netloc not in ("", ".")
        or parts.query
        or parts.fragment
        or path.endswith("/")
        or not path.startswith("/")
    ):
        raise DatabaseError(f"{url!r} does not name a file: {_EXPECTED}")
    return Path(parts.netloc + path)
