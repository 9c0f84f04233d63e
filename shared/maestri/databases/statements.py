"""A statement is written once, with ``:name`` parameters, and translated for each database."""

import re
from collections.abc import Mapping

import msgspec

from maestri.databases.database import Parameter, Scalar
from maestri.errors import DatabaseError

_TOKEN = re.compile(
    r"""
    '(?:[^']|'')*' | "(?:[^"]|"")*"                                  # text, quoted names
    | --[^\n]* | /\*.*?\*/ | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$         # comments, dollar quotes
    | ::                                                             # casts
    | \b(?P<negated>NOT\s+)?IN\s+:(?P<list>[A-Za-z_]\w*)
    | :(?P<name>[A-Za-z_]\w*)
    | %
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


class Statement(msgspec.Struct, frozen=True):
    """SQL as the driver wants it, and the names of the parameters that are lists."""

    sql: str
    lists: tuple[str, ...]


def for_sqlite(sql: str) -> Statement:
    """Keep ``:name``; a list travels as one JSON text, so one statement serves all lengths."""

    def replace(token: re.Match[str]) -> str:
        if token["list"] is None:
            return token[0]
        test, name = f"{token['negated'] or ''}IN", token["list"]
        return f"{test} (SELECT value FROM json_each(:{name}))"  # noqa: S608 - a parameter's name

    return Statement(_TOKEN.sub(replace, sql), _lists(sql))


def for_postgres(sql: str) -> Statement:
    """Write ``%(name)s``, as psycopg wants it; a list travels as one array."""

    def replace(token: re.Match[str]) -> str:
        if token["list"] is not None:
            return f"{'<> ALL' if token['negated'] else '= ANY'}(%({token['list']})s)"
        return f"%({token['name']})s" if token["name"] is not None else token[0].replace("%", "%%")

    return Statement(_TOKEN.sub(replace, sql), _lists(sql))


def lists_as_json(parameters: Mapping[str, Parameter], names: tuple[str, ...]) -> dict[str, Scalar]:
    """Return *parameters* with the lists *names* as JSON texts."""
    changed: dict[str, Scalar] = dict(parameters)  # type: ignore[arg-type]  # the lists are replaced below
    for name in names:
        changed[name] = msgspec.json.encode(_list(parameters, name)).decode()
    return changed


def lists_as_arrays(
    parameters: Mapping[str, Parameter], names: tuple[str, ...]
) -> dict[str, object]:
    """Return *parameters* with the lists *names* as Python lists, which psycopg sends as arrays."""
    changed: dict[str, object] = dict(parameters)
    for name in names:
        changed[name] = list(_list(parameters, name))
    return changed


def shortened(sql: str, characters_max: int = 200) -> str:
    """Return *sql* on one line, for a message."""
    line = " ".join(sql.split())
    return line if len(line) <= characters_max else line[:characters_max] + " ..."


def _lists(sql: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(token["list"] for token in _TOKEN.finditer(sql) if token["list"] is not None)
    )


def _list(parameters: Mapping[str, Parameter], name: str) -> tuple[Scalar, ...]:
    value = parameters.get(name)
    if not isinstance(value, tuple) or any(isinstance(item, bytes) for item in value):
        raise DatabaseError(
            f"IN :{name} takes a tuple of texts or numbers, not {type(value).__name__}: pass one"
        )
    return value
