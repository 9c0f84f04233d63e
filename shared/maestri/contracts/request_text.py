"""Arguments as text, where a request has no JSON: paths, queries, headers, cookies, forms."""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import msgspec

from maestri.contracts.growing_enum import fallback_of
from maestri.contracts.message import item_of, resolved, without_none
from maestri.contracts.parameter import Parameter
from maestri.contracts.percent_encoding import percent_decoded
from maestri.contracts.values import NUL
from maestri.errors import InvalidRequest

QUERY_FIELDS_MAX = 1_000
COOKIES_MAX = 1_000
SEGMENTS_MAX = 4_096
SEGMENT_CHARACTERS_MAX = 100
"""Longer ones are not kept: they may come from clients."""

DOTS = frozenset({"", ".", ".."})
NOT_IN_COOKIES = frozenset(' ",;\\')


def text_of(value: Any) -> str:
    """Return a plain value as text, as JSON would write it but without quotes."""
    if isinstance(value, str) and type(value) is str:
        return value
    plain = msgspec.to_builtins(value)
    return ("true" if plain else "false") if isinstance(plain, bool) else str(plain)


def pairs_of(name: str, value: Any) -> list[tuple[str, str]]:
    """Return the fields of a query or a form for one value; None leaves none, a tuple several."""
    if value is None:
        return []
    items = value if isinstance(value, tuple | frozenset) else (value,)
    return [(name, text_of(item)) for item in items]


def form_pairs(message: Any) -> list[tuple[str, str]]:
    """Return the fields of a form that carries *message*."""
    return [
        pair
        for field in msgspec.structs.fields(message)
        for pair in pairs_of(field.encode_name, getattr(message, field.name))
    ]


def segment(text: str, field: str) -> str:
    """Return *text* as one segment of a path."""
    return (_segment if len(text) > SEGMENT_CHARACTERS_MAX else _cached_segment)(text, field)


def _segment(text: str, field: str) -> str:
    return quote(without_dots(text, field), safe="")


_cached_segment = lru_cache(maxsize=SEGMENTS_MAX)(_segment)


def without_dots(text: str, field: str) -> str:
    """Refuse a text that cannot be a segment of a path."""
    # On its way a path is tidied: such a segment would vanish, and lead to another operation.
    if text in DOTS:
        raise InvalidRequest(field=field, reason="cannot be a part of a path")
    return text


def refuse_lost_text(parameter: Parameter, value: Any) -> None:
    """Refuse a value that would not arrive where *parameter* travels."""
    if parameter.place not in {"path", "header", "cookie"}:
        return
    for _, text in pairs_of(parameter.wire, value):
        _refuse_lost(text, parameter)


def _refuse_lost(text: str, parameter: Parameter) -> None:
    if parameter.place == "path":
        without_dots(text, parameter.wire)
    elif not (text.isascii() and text.isprintable()) or text != text.strip():
        raise InvalidRequest(
            field=parameter.wire, reason="is not printable ASCII without spaces around it"
        )
    elif parameter.place == "cookie" and NOT_IN_COOKIES.intersection(text):
        raise InvalidRequest(field=parameter.wire, reason="has a character that no cookie has")


def reader_of(parameter: Parameter, *, strict: bool) -> Callable[[Any], Any]:
    """
    Return a function of text, or of a list of texts, to the value of *parameter*.

    With *strict* a member that an enum does not have is refused, even if the enum has a fallback.
    """
    if resolved(parameter.kind) is str and not parameter.constrained:
        return lambda text: without_nul(text, parameter.wire)

    # A field of a struct is converted three times as fast as a type on its own.
    held: Any = msgspec.defstruct("Held", [("value", parameter.kind)])
    one = without_none(item_of(parameter.kind) or parameter.kind)
    # Decimals are text in JSON, too; read as a number first, "-0" would lose its sign.
    numeric = one is not Decimal
    members = (
        {text_of(member) for member in one} if strict and fallback_of(one) is not None else None
    )

    def read(given: Any) -> Any:
        for text in given if parameter.many else (given,):
            without_nul(text, parameter.wire)
            if members is not None and text not in members:
                raise InvalidRequest(field=parameter.wire, reason="is not known to this operation")
        try:
            value = msgspec.convert({"value": given}, held, strict=not numeric).value
            if value is None:
                # None leaves no trace, so the text "null" is a member of that name, or wrong.
                value = msgspec.convert({"value": given}, held, strict=True).value
        except (msgspec.ValidationError, ValueError) as mismatch:
            reason = str(mismatch).partition(" - at `")[0]
            raise InvalidRequest(field=parameter.wire, reason=reason) from mismatch
        return value

    return read


def left_out(parameter: Parameter) -> Any:
    """
    Return the value of a parameter of which a request has no text.

    Raises:
        InvalidRequest: It has no default.
    """
    if parameter.required and parameter.many and parameter.place in {"query", "cookie", "form"}:
        # An empty tuple has no trace there.
        try:
            return msgspec.convert((), parameter.kind)
        except msgspec.ValidationError as mismatch:
            raise InvalidRequest(field=parameter.wire, reason=str(mismatch)) from mismatch
    if parameter.required:
        raise InvalidRequest(field=parameter.wire, reason="is missing")
    return parameter.default


def without_nul(text: str, field: str) -> str:
    """Refuse a text with a NUL character."""
    if NUL in text:
        raise InvalidRequest(field=field, reason="has a NUL character")
    return text


def parse_cookies(header: str) -> dict[str, list[str]]:
    """Return the values of each cookie of a request, in their order; of 1,000 cookies at most."""
    cookies: dict[str, list[str]] = {}
    for part in header.split(";", COOKIES_MAX)[:COOKIES_MAX]:
        name, separator, value = part.strip().partition("=")
        if separator:
            cookies.setdefault(name, []).append(value.strip('"'))
    return cookies


def query_fields(query: bytes, field: str) -> dict[str, list[str]]:
    """
    Return the values of each field of a query or a form, in their order.

    Raises:
        InvalidRequest: Names *field*, and what is wrong with it.
    """
    if query.count(b"&") >= QUERY_FIELDS_MAX:
        raise InvalidRequest(field=field, reason=f"has more than {QUERY_FIELDS_MAX} fields")
    values: dict[str, list[str]] = {}
    for pair in query.replace(b"+", b" ").split(b"&"):
        if pair:
            name, _, value = pair.partition(b"=")
            given = percent_decoded(value, field)
            values.setdefault(percent_decoded(name, field), []).append(given)
    return values


def single(values: list[str], field: str) -> str:
    """Return the one value of a field that may not be repeated."""
    if len(values) > 1:
        raise InvalidRequest(field=field, reason="is given more than once")
    return values[0]
