"""Where each parameter of an operation travels: path, query, header, cookie or body."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from maestri.contracts.message import default_of, is_constrained, item_of, struct_of
from maestri.contracts.sendable import check_default, check_text
from maestri.errors import ContractError, hints_of, unknown_type

WITHOUT_BODY = frozenset({"GET", "DELETE"})
RESERVED_HEADERS = frozenset(
    {
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "idempotency-key",
        "maestri-identity",
        "maestri-priority",
        "maestri-remaining-ms",
        "maestri-select",
        "maestri-span",
        "transfer-encoding",
        "x-request-id",
    }
)
TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""Name of a header or a cookie (RFC 9110)."""

LITERAL = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@-]*")

Place = Literal["path", "query", "header", "cookie", "body", "form", "field"]


@dataclass(frozen=True, slots=True)
class _Marker:
    name: str | None = None


class Query(_Marker):
    """The parameter is a query parameter, called *name* on the wire."""


class Header(_Marker):
    """The parameter is a request header, called *name* on the wire."""


class Cookie(_Marker):
    """
    The parameter is a cookie, called *name* on the wire.

    A browser may send several of one name: those of other applications, and of other paths, too. A
    tuple gets all of them, anything else the first that fits its type.
    """


class Body(_Marker):
    """The parameter is the whole JSON body."""


class Form(_Marker):
    """The parameter, a Message, is the whole body, sent by an HTML form."""


_PLACES: dict[type[_Marker], Place] = {
    Query: "query",
    Header: "header",
    Cookie: "cookie",
    Body: "body",
    Form: "form",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """
    One parameter of an operation.

    Attributes:
        name: Its Python name.
        wire: Its name on the wire; headers in lower case.
        place: Where it travels; ``field`` is one member of a JSON object body, ``form`` a whole
            form, or one field of it.
        kind: Its type, with msgspec.Meta constraints.
        default: Its default, or ``inspect.Parameter.empty``.
        constrained: Whether a value of the right Python type can still be refused.
        marked: Whether the contract says where it travels.
        many: Whether it may be repeated on the wire.
    """

    name: str
    wire: str
    place: Place
    kind: Any
    default: Any
    constrained: bool
    marked: bool = False
    many: bool = False

    @property
    def required(self) -> bool:
        """Tell whether a call without it is refused."""
        return self.default is inspect.Parameter.empty


def parameters_of(function: Callable[..., Any], method: str, path: str) -> tuple[Parameter, ...]:
    """
    Return the parameters of the operation *function*.

    What the path names is in the path; a marker decides; otherwise GET and DELETE use the query, a
    Message alone is the body, and several values are the members of a JSON object.

    Raises:
        ContractError: ``*args``, ``**kwargs``, a missing annotation, two bodies, or a type or a
            default that cannot be sent where the parameter travels.
    """
    where = function.__qualname__
    path_names = path_names_of(path, where)
    hints = hints_of(function, where)
    found = []
    for name, given in list(inspect.signature(function).parameters.items())[1:]:
        if given.kind in {given.VAR_POSITIONAL, given.VAR_KEYWORD}:
            raise ContractError(f"{where}: *{name} cannot be sent; name each parameter")
        if name not in hints:
            raise ContractError(f"{where}: parameter {name!r} has no type; annotate it")
        try:
            found.append(_parameter(name, hints[name], given.default, method, path_names))
        except ContractError as mistake:
            raise ContractError(f"{where}: {mistake}") from mistake
        except NameError as missing:
            raise unknown_type(f"{where}, parameter {name!r}", missing) from missing
    found = _members(found)
    inside = [
        parameter.place for parameter in found if parameter.place in {"body", "form", "field"}
    ]
    if len(inside) > 1 and set(inside) != {"field"}:
        raise ContractError(f"{where}: one parameter is the whole body; no other can be in it")
    sent = [(parameter.place, parameter.wire) for parameter in found]
    if len(sent) != len(set(sent)):
        raise ContractError(f"{where}: two parameters travel under one name in one place")
    unknown = path_names - {parameter.name for parameter in found}
    if unknown:
        raise ContractError(f"{where}: the path names {sorted(unknown)}, which are no parameters")
    return tuple(found)


def _members(found: list[Parameter]) -> list[Parameter]:
    """Return *found*, with Messages as members of one object if the body holds anything besides."""
    inside = [parameter for parameter in found if parameter.place in {"body", "field"}]
    if len(inside) <= 1 or any(parameter.marked for parameter in inside):
        return found
    return [replace(p, place="field") if p.place == "body" else p for p in found]


def _parameter(
    name: str, hint: Any, default: Any, method: str, path_names: frozenset[str]
) -> Parameter:
    markers = [item for item in _metadata(hint) if isinstance(item, _Marker)]
    if len(markers) > 1 or (markers and name in path_names):
        raise ContractError(f"parameter {name!r} travels in one place; let one thing say where")
    wire = next((marker.name for marker in markers if marker.name), name)
    if name in path_names:
        place: Place = "path"
    elif markers:
        place = _PLACES[type(markers[0])]
    elif method in WITHOUT_BODY:
        place = "query"
    else:
        place = "body" if struct_of(hint) is not None else "field"
    if place == "header":
        wire = wire.lower().replace("_", "-")
    parameter = Parameter(
        name,
        wire,
        place,
        _without_markers(hint),
        default,
        is_constrained(hint),
        bool(markers),
        item_of(hint) is not None,
    )
    _check_place(parameter, method)
    return parameter


def _check_place(parameter: Parameter, method: str) -> None:
    where = f"parameter {parameter.name!r}"
    default = msgspec.NODEFAULT if parameter.required else parameter.default
    if parameter.place in {"path", "query", "header", "cookie"}:
        check_text(parameter.kind, default, where, many=parameter.place in {"query", "cookie"})
    if parameter.place == "path" and default is None:
        raise ContractError(f"{where}: a part of the path is never None")
    if parameter.place in {"header", "cookie"} and not TOKEN.fullmatch(parameter.wire):
        raise ContractError(f"{where}: {parameter.wire!r} is no name of a {parameter.place}")
    if parameter.place == "header" and parameter.wire in RESERVED_HEADERS:
        raise ContractError(f"{where}: the header {parameter.wire} is the transport's own")
    if parameter.place in {"body", "form"} and method in WITHOUT_BODY:
        raise ContractError(f"{where}: a {method} request has no body; use POST with safe=True")
    if parameter.place == "form":
        _check_form(parameter.kind, where)
    if not parameter.required:
        check_default(parameter.default, parameter.kind, where, nul=False)


def _check_form(kind: Any, where: str) -> None:
    message = struct_of(kind)
    if message is None or type(None) in get_args(kind):
        raise ContractError(f"{where}: a form is a Message, with a field for each of its fields")
    for field in msgspec.structs.fields(kind):
        check_text(field.type, default_of(field), f"{where}, field {field.name}", many=True)


def _metadata(hint: Any) -> tuple[Any, ...]:
    return tuple(hint.__metadata__) if get_origin(hint) is Annotated else ()


def _without_markers(hint: Any) -> Any:
    kept = tuple(item for item in _metadata(hint) if not isinstance(item, _Marker))
    if get_origin(hint) is not Annotated:
        return hint
    return Annotated[(get_args(hint)[0], *kept)] if kept else get_args(hint)[0]


def path_names_of(path: str, where: str) -> frozenset[str]:
    """
    Return the names in braces in *path*.

    Raises:
        ContractError: It is no path, or a parameter is not a whole segment, or is there twice.
    """
    segments = path.split("/")[1:]
    names = [part[1:-1] for part in segments if part.startswith("{") and part.endswith("}")]
    literals = [part for part in segments if not (part.startswith("{") and part.endswith("}"))]
    if not path.startswith("/"):
        raise ContractError(f"{where}: the path {path!r} must start with a slash")
    if not all(map(LITERAL.fullmatch, literals)) or not all(map(str.isidentifier, names)):
        raise ContractError(
            f"{where}: the path {path!r} has a segment that is neither a parameter in braces "
            "nor plain text"
        )
    if any(part in {".", ".."} for part in literals) or "" in literals[:-1]:
        raise ContractError(f"{where}: the path {path!r} has a segment that vanishes on its way")
    if len(names) != len(set(names)):
        raise ContractError(f"{where}: the path {path!r} names a parameter twice")
    return frozenset(names)
