"""The bounds of servers and of calls that a topology and its environment may set."""

import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple, get_type_hints

import msgspec
from msgspec import Meta

from maestri.links import HttpOptions, RemoteOptions
from maestri.server import ServerOptions
from maestri.topology.entries import Tell, close_to, dotted

Numbers = Mapping[str, float]
"""Bounds by name, those that are set."""

SERVER, LINKS = "server", "links"


def _bounds_of(*options: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the type of each bound; only what is 0 by default may be 0."""
    return {
        field.name: Annotated[kind, Meta(ge=0) if field.default == 0 else Meta(gt=0)]
        for one in options
        for field in msgspec.structs.fields(one)
        if (kind := get_type_hints(one)[field.name]) in {int, float}
    }


TABLES: Mapping[str, Mapping[str, Any]] = {
    SERVER: _bounds_of(ServerOptions),
    LINKS: _bounds_of(RemoteOptions, HttpOptions),
}


class Bounds(NamedTuple):
    """
    What is set for one unit.

    Attributes:
        server: Of what it serves, by the names of ``ServerOptions``.
        links: Of its calls, by the names of ``RemoteOptions`` and ``HttpOptions``.
    """

    server: Numbers
    links: Numbers

    @property
    def longer_stop_s(self) -> float:
        """How much longer than by default the unit may take from being told to end to its end."""
        own, default = self.server_options(), ServerOptions()
        return own.grace_s + max(0.0, own.drain_s - default.drain_s)

    def server_options(self, **rest: Any) -> ServerOptions:
        """Return the options of the unit's server; *rest* is what is no bound."""
        return ServerOptions(**self.server, **rest)  # type: ignore[arg-type]  # read as they are

    def remote_options(self) -> RemoteOptions:
        """Return the bounds of the calls to one callee."""
        return RemoteOptions(**self._of(RemoteOptions))

    def http_options(self) -> HttpOptions:
        """Return the bounds of what comes back."""
        return HttpOptions(**self._of(HttpOptions))

    def _of(self, options: type[msgspec.Struct]) -> dict[str, Any]:
        return {name: self.links[name] for name in options.__struct_fields__ if name in self.links}


DEFAULTS = Bounds({}, {})


def read_bounds(table: str, raw: Any, key: str, tell: Tell) -> Numbers:
    """Return the bounds that a table of a file sets; tells everything that is wrong with them."""
    known = TABLES[table]
    if not isinstance(raw, dict):
        tell(key, f"is no table but {raw!r}", f"Write [{key}]")
        return {}
    found: dict[str, float] = {}
    for name, value in raw.items():
        if name not in known:
            remedy = f"Known here: {', '.join(known)}.{close_to(name, known)}"
            tell(dotted(key, name), "is unknown", remedy)
        elif (number := _number(known[name], value)) is None:
            tell(dotted(key, name), f"is {value!r}", f"Write {_wanted(known[name])}")
        else:
            found[name] = number
    return found


def bounds_in(environment: Mapping[str, str], table: str, tell: Tell) -> Numbers:
    """Return the bounds that the environment sets, such as ``MAESTRI_SERVER_REQUESTS_MAX``."""
    found: dict[str, float] = {}
    for name, kind in TABLES[table].items():
        text = environment.get(variable_of_bound(table, name))
        if text is None:
            continue
        number = _number(kind, text, strict=False)
        if number is None:
            tell(variable_of_bound(table, name), f"is {text!r}", f"Write {_wanted(kind)}")
        else:
            found[name] = number
    return found


def bound_variables() -> Iterator[str]:
    """Yield the environment variables that set a bound."""
    for table, known in TABLES.items():
        yield from (variable_of_bound(table, name) for name in known)


def variable_of_bound(table: str, name: str) -> str:
    """Return the environment variable that sets a bound of all units."""
    return f"MAESTRI_{table}_{name}".upper()


def _number(kind: Any, value: Any, *, strict: bool = True) -> float | None:
    try:
        number: float = msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError:
        return None
    return number if math.isfinite(number) and not isinstance(value, bool) else None


def _wanted(kind: Any) -> str:
    plain, meta = kind.__origin__, kind.__metadata__[0]
    what = "a whole number" if plain is int else "a number of seconds"
    return f"{what}, {'0 or more' if meta.ge is not None else 'more than 0'}"
