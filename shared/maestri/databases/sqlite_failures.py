"""A failure of SQLite, said so that its reader knows what to do."""

import sqlite3

from maestri.databases.statements import shortened
from maestri.errors import CommitUnknown, DatabaseError

DRIVER_ERRORS = (sqlite3.Error, sqlite3.Warning, OverflowError, ValueError)
"""What the driver raises for wrong statements and parameters, next to its own errors."""

_ADVICE = {
    sqlite3.SQLITE_BUSY: "another process holds its lock: find that process, or raise busy_s_max",
    sqlite3.SQLITE_LOCKED: "another connection holds its lock: find it, or raise busy_s_max",
    sqlite3.SQLITE_CANTOPEN: "check that its directory exists and that this user may write there",
    sqlite3.SQLITE_PERM: "let this user read and write the file",
    sqlite3.SQLITE_NOTADB: "it is not a SQLite database: check the path, or restore a backup",
    sqlite3.SQLITE_CORRUPT: "the file is damaged: restore a backup",
    sqlite3.SQLITE_FULL: "free some space on its disk; nothing of this transaction is stored",
    sqlite3.SQLITE_IOERR: "check its disk; nothing of this transaction is stored",
    sqlite3.SQLITE_READONLY: "change data in write(); there, let this user write the file",
    sqlite3.SQLITE_CONSTRAINT: "check the data first, or say ON CONFLICT",
}


_CONDITIONS = {
    sqlite3.SQLITE_CANTOPEN: "unreachable",
    sqlite3.SQLITE_PERM: "read-only",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_IOERR: "broken",
    sqlite3.SQLITE_READONLY: "read-only",
}


def failure(name: str, error: Exception, doing: str, *, reads: bool = False) -> DatabaseError:
    """Return the DatabaseError for *error*; *doing* is a statement or what else was tried."""
    code = _code(error)
    advice = _ADVICE.get(code, "correct the statement or its parameters")
    # A read that would change something is refused by our own connection.
    its_own = reads and code == sqlite3.SQLITE_READONLY
    condition = "" if its_own else _CONDITIONS.get(code, "")
    text = f"{name}: {error}: {advice}. It was: {shortened(doing)}"
    return DatabaseError(text, condition=condition)


def commit_failure(name: str, error: Exception) -> DatabaseError:
    """Return the DatabaseError for *error* at a commit; an I/O error does not tell its outcome."""
    if _code(error) != sqlite3.SQLITE_IOERR:
        return failure(name, error, "COMMIT")
    return CommitUnknown(
        f"{name}: {error} during the commit, it is unknown whether the transaction is stored: "
        "check its disk, and look before repeating it",
        condition="broken",
    )


def _code(error: Exception) -> int:
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def interrupted(name: str, seconds: float, doing: str, *, reads: bool) -> DatabaseError:
    """Return the DatabaseError for what took longer than its bound."""
    advice = (
        "add an index, or LIMIT and pages, or raise read_ms_max"
        if reads
        else "split the transaction, or raise write_s_max"
    )
    return DatabaseError(
        f"{name}: interrupted after {seconds * 1000:.0f} ms: {advice}. It was: {shortened(doing)}"
    )
