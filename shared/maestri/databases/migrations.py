"""Migrations bring a database to the version that the code knows, whoever starts first."""

import hashlib
from collections.abc import Callable, Sequence
from itertools import groupby
from operator import attrgetter

import msgspec

from maestri import clock
from maestri.databases.transaction import Session, Transaction, run_in
from maestri.errors import DatabaseError

_TABLE = """
CREATE TABLE IF NOT EXISTS maestri_migration (
    series TEXT NOT NULL,
    version BIGINT NOT NULL,
    title TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (series, version)
);
"""


class Migration(msgspec.Struct, frozen=True):
    """
    One step of a schema: SQL statements, or a plain function that fills in seed data.

    Attributes:
        version: 1, 2, 3 ... within its series, without gaps.
        title: What it does, in a few words.
        body: SQL, or ``function(transaction)``. The text of SQL may never change once it is
            applied, except for its white space; of a function only the title is remembered.
        series: Lets a room of the kernel keep its own tables in a component's database.
    """

    version: int
    title: str
    body: str | Callable[[Transaction], object]
    series: str = "main"

    @property
    def checksum(self) -> str:
        """Tell whether this is still the migration that was applied."""
        text = " ".join(self.body.split()) if isinstance(self.body, str) else self.title
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class _Applied(msgspec.Struct, frozen=True):
    version: int
    title: str
    checksum: str


def sorted_migrations(migrations: Sequence[Migration], name: str) -> tuple[Migration, ...]:
    """Return *migrations* by series; raise if one is missing or there twice."""
    ordered = sorted(migrations, key=lambda migration: (migration.series, migration.version))
    for series, members in groupby(ordered, key=attrgetter("series")):
        versions = [migration.version for migration in members]
        if versions != list(range(1, len(versions) + 1)):
            raise DatabaseError(
                f"{name}: the migrations of {series!r} are numbered {versions}: "
                "number them 1, 2, 3 ..."
            )
    return tuple(ordered)


def migrate(session: Session, migrations: Sequence[Migration]) -> None:
    """Apply what is missing. The caller has begun a transaction and locked out other replicas."""
    session.script(_TABLE)
    for series, members in groupby(migrations, key=attrgetter("series")):
        known = tuple(members)
        applied = session.rows(
            _Applied,
            "SELECT version, title, checksum FROM maestri_migration"
            " WHERE series = :series ORDER BY version",
            {"series": series},
        )
        _refuse_unknown(session.name, known, applied)
        for migration in known[len(applied) :]:
            _apply(session, migration)


def _apply(session: Session, migration: Migration) -> None:
    try:
        if isinstance(migration.body, str):
            session.script(migration.body)
        else:
            run_in(session, migration.body)
    except DatabaseError as error:
        raise DatabaseError(
            f"migration {migration.version} ({migration.title}) failed, all is as before: {error}"
        ) from error
    session.execute(
        "INSERT INTO maestri_migration (series, version, title, checksum, applied_at)"
        " VALUES (:series, :version, :title, :checksum, :applied_at)",
        {
            "series": migration.series,
            "version": migration.version,
            "title": migration.title,
            "checksum": migration.checksum,
            "applied_at": clock.unix_s(),
        },
    )


def _refuse_unknown(name: str, known: Sequence[Migration], applied: Sequence[_Applied]) -> None:
    if len(applied) > len(known):
        raise DatabaseError(
            f"{name}: has version {len(applied)} ({applied[-1].title}), "
            f"this code knows {len(known)}: deploy the newer code, or restore a backup of that time"
        )
    for migration, stored in zip(known, applied, strict=False):
        if migration.checksum != stored.checksum:
            raise DatabaseError(
                f"{name}: migration {migration.version} ({migration.title}) differs from what was "
                f"applied as ({stored.title}): restore its text, make the change a new migration"
            )
