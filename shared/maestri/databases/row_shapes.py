"""Rows become Structs by column name; the work of finding out how is done once per statement."""

from collections.abc import Callable, Sequence
from itertools import starmap
from operator import itemgetter
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import inspect

from maestri.databases.database import RowType
from maestri.databases.statements import shortened
from maestri.errors import DatabaseError

T = TypeVar("T")
RawRow = tuple[Any, ...]

_COLUMN_TYPES = (
    inspect.StrType,
    inspect.IntType,
    inspect.FloatType,
    inspect.BoolType,
    inspect.BytesType,
    inspect.NoneType,
    inspect.LiteralType,
)


class RowShape(Generic[T]):
    """
    Turns the raw rows of one statement into *row_type*.

    The first row ever seen is checked against the types of the fields, so a schema that does not
    fit is found by the first test; the others are built at the speed of a constructor.
    """

    def __init__(self, row_type: RowType[T], columns: Sequence[str], where: str) -> None:
        self._row_type = row_type
        self._name: str = getattr(row_type, "__name__", str(row_type))
        self._where = where
        self._checked = False
        is_struct = isinstance(row_type, type) and issubclass(row_type, msgspec.Struct)
        self._make = self._struct_maker(columns) if is_struct else self._scalar_maker(columns)

    def __call__(self, raw: list[RawRow]) -> tuple[T, ...]:
        """Return *raw* as rows of the type."""
        made = self._make(raw)
        if made and not self._checked:
            self._check(made[0])
        return made

    def _check(self, first: T) -> None:
        try:
            if isinstance(first, msgspec.Struct):
                msgspec.convert(msgspec.structs.asdict(first), self._row_type)
            else:
                msgspec.convert(first, self._row_type)
        except msgspec.ValidationError as error:
            raise DatabaseError(
                f"{self._where}: a row does not fit {self._name}: {error}. "
                "Fix the type or the statement"
            ) from error
        self._checked = True

    def _scalar_maker(self, columns: Sequence[str]) -> Callable[[list[RawRow]], tuple[T, ...]]:
        plain: Any = self._row_type
        while hasattr(plain, "__supertype__"):
            plain = plain.__supertype__
        if len(columns) != 1 or plain not in (str, int, float, bool, bytes):
            raise DatabaseError(
                f"{self._where}: gives the columns {', '.join(columns) or 'none'}; "
                f"{self._name} cannot hold them: pass a Struct with these fields"
            )
        if plain is bool:
            return lambda raw: tuple([_bool(value) for (value,) in raw])
        return lambda raw: tuple([value for (value,) in raw])

    def _struct_maker(self, columns: Sequence[str]) -> Callable[[list[RawRow]], tuple[T, ...]]:
        row_type: Any = self._row_type
        fields: tuple[str, ...] = row_type.__struct_fields__
        if sorted(columns) != sorted(fields):
            raise DatabaseError(
                f"{self._where}: gives the columns {', '.join(columns)}, but {self._name} "
                f"has the fields {', '.join(fields)}: make them the same, with AS where needed"
            )
        bools = self._bool_fields(columns)
        if row_type.__match_args__ != fields:
            return lambda raw: tuple(
                [row_type(**dict(zip(columns, bools(row), strict=True))) for row in raw]
            )
        if len(fields) > 1 and tuple(columns) != fields:
            ordered = itemgetter(*(columns.index(field) for field in fields))
            return lambda raw: tuple([row_type(*ordered(bools(row))) for row in raw])
        if bools is not _unchanged:
            return lambda raw: tuple([row_type(*bools(row)) for row in raw])
        return lambda raw: tuple(starmap(row_type, raw))

    def _bool_fields(self, columns: Sequence[str]) -> Callable[[RawRow], RawRow]:
        """Return what makes bools of SQLite's 0 and 1; raise if a column cannot hold a field."""
        kinds: dict[str, set[type]] = {}
        struct: Any = self._row_type
        for field in msgspec.structs.fields(struct):
            described = inspect.type_info(field.type)
            parts = described.types if isinstance(described, inspect.UnionType) else (described,)
            kinds[field.name] = {type(part) for part in parts}
            if not all(isinstance(part, _COLUMN_TYPES) for part in parts):
                raise DatabaseError(
                    f"{self._where}: no column can hold {self._name}.{field.name}: "
                    "use a str, int, float, bool or bytes, and convert it in the store"
                )
        is_bool = tuple(inspect.BoolType in kinds[column] for column in columns)
        if not any(is_bool):
            return _unchanged
        return lambda row: tuple(
            [_bool(x) if flag else x for x, flag in zip(row, is_bool, strict=True)]
        )


def _unchanged(row: RawRow) -> RawRow:
    return row


def _bool(value: Any) -> Any:
    return None if value is None else bool(value)


def too_many_rows(name: str, sql: str, count_max: int) -> DatabaseError:
    """Return the error for a statement that gave more than *count_max* rows."""
    if count_max == 1:
        return DatabaseError(
            f"{name}: more than one row: ask by a key, or use rows(). It was: {shortened(sql)}"
        )
    return DatabaseError(
        f"{name}: more than {count_max:,} rows: add LIMIT and read in pages, or raise rows_max. "
        f"It was: {shortened(sql)}"
    )
