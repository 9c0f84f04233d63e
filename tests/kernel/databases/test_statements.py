import pytest

from maestri.databases.bounded_cache import BoundedCache
from maestri.databases.statements import for_postgres, for_sqlite, shortened


@pytest.mark.parametrize(
    ("written", "postgres"),
    [
        ("SELECT :a, :b_2", "SELECT %(a)s, %(b_2)s"),
        ("WHERE a = :a OR a IS :a", "WHERE a = %(a)s OR a IS %(a)s"),
        ("SELECT ':a', 'it''s :a', :a", "SELECT ':a', 'it''s :a', %(a)s"),
        ('SELECT ":a" FROM t', 'SELECT ":a" FROM t'),
        ("SELECT :a::text, x::int", "SELECT %(a)s::text, x::int"),
        ("SELECT 1 -- :a, it's\n, :a", "SELECT 1 -- :a, it's\n, %(a)s"),
        ("SELECT /* :a ' */ :a", "SELECT /* :a ' */ %(a)s"),
        ("SELECT $$:a$$, $x$ :a $x$, :a", "SELECT $$:a$$, $x$ :a $x$, %(a)s"),
        ("LIKE '100%' OR 5 % :a", "LIKE '100%%' OR 5 %% %(a)s"),
        ("WHERE a IN :list", "WHERE a = ANY(%(list)s)"),
        ("WHERE a not in :list", "WHERE a <> ALL(%(list)s)"),
        ("WHERE a IN (:a, :b)", "WHERE a IN (%(a)s, %(b)s)"),
        ("SELECT margin :a", "SELECT margin %(a)s"),
    ],
)
def test_only_parameters_are_translated(written: str, postgres: str) -> None:
    """Texts, quoted names, comments, casts and percent signs keep their meaning."""
    assert for_postgres(written).sql == postgres


@pytest.mark.parametrize(
    ("written", "sqlite"),
    [
        ("SELECT ':a', :a", "SELECT ':a', :a"),
        ("WHERE a IN :x", "WHERE a IN (SELECT value FROM json_each(:x))"),
        ("WHERE a NOT IN :x", "WHERE a NOT IN (SELECT value FROM json_each(:x))"),
        ("SELECT 'a IN :x'", "SELECT 'a IN :x'"),
    ],
)
def test_sqlite_needs_only_lists_translated(written: str, sqlite: str) -> None:
    """SQLite knows ``:name`` itself."""
    assert for_sqlite(written).sql == sqlite


def test_lists_are_found_once() -> None:
    """A list that is used twice is converted once."""
    assert for_postgres("a IN :x OR b IN :x OR c NOT IN :y OR d = :z").lists == ("x", "y")


def test_what_is_kept_is_bounded() -> None:
    """The oldest is forgotten when one more would be too many."""
    kept: BoundedCache[str, int] = BoundedCache(2)
    for number, key in enumerate("abc"):
        kept.add(key, number)

    assert kept == {"b": 1, "c": 2}


def test_a_statement_is_shortened_for_messages() -> None:
    """A message shows a statement on one line, up to a bound."""
    assert shortened("SELECT  a\n  FROM b", 8) == "SELECT a ..."
    assert shortened("SELECT\n 1") == "SELECT 1"
