"""Where each parameter of an operation travels: path, query, header, cookie or body."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from maestri.contracts.message import alternatives, item_of, struct_of
from maestri.errors import ContractError

Place = Literal["path", "query", "header", "cookie", "body", "form", "field"]


@dataclass(frozen=True, slots=True)
class _Marker:
    name: str | None = None


class Query(_Marker):
    """The parameter is a query parameter, called *name* on the wire."""


class Header(_Marker):
    """The parameter is a request header, called *name* on the wire."""


class Cookie(_Marker):
    """The parameter is a cookie, called *name* on the wire."""


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
        place: Where it travels; ``field`` is one member of a JSON object body.
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


def parameters_of(
    function: Callable[..., Any], method: str, path_names: frozenset[str]
) -> tuple[Parameter, ...]:
    """
    Return the parameters of the operation *function*.

    What the path names is in the path; a marker decides; otherwise GET and DELETE use the query, a
    Message alone is the body, and several values are the members of a JSON object.

    Raises:
        ContractError: ``*args``, ``**kwargs``, a missing annotation, or two bodies.
    """
    where = function.__qualname__
    hints = get_type_hints(function, include_extras=True)
    found = []
    for name, given in list(inspect.signature(function).parameters.items())[1:]:
        if given.kind in {given.VAR_POSITIONAL, given.VAR_KEYWORD}:
            raise ContractError(f"{where}: *{name} cannot be sent; name each parameter")
        if name not in hints:
            raise ContractError(f"{where}: parameter {name!r} has no type; annotate it")
        found.append(_parameter(name, hints[name], given.default, method, path_names))
    found = _members(found)
    inside = [
        parameter.place for parameter in found if parameter.place in {"body", "form", "field"}
    ]
    if len(inside) > 1 and set(inside) != {"field"}:
        raise ContractError(f"{where}: one parameter is the whole body; no other can be in it")
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
    wire = next((marker.name for marker in markers if marker.name), name)
    if name in path_names:
        place: Place = "path"
    elif markers:
        place = _PLACES[type(markers[0])]
    elif method in {"GET", "DELETE"}:
        place = "query"
    else:
        place = "body" if struct_of(hint) is not None else "field"
    if place == "header":
        wire = wire.lower().replace("_", "-")
    kind, constrained = _without_markers(hint), _constrained(hint)
    many = item_of(kind) is not None
    if place in {"query", "header", "cookie"}:
        _refuse_unsendable(name, kind, default)
    return Parameter(name, wire, place, kind, default, constrained, bool(markers), many)


def _metadata(hint: Any) -> tuple[Any, ...]:
    return tuple(hint.__metadata__) if get_origin(hint) is Annotated else ()


def _without_markers(hint: Any) -> Any:
    kept = tuple(item for item in _metadata(hint) if not isinstance(item, _Marker))
    if get_origin(hint) is not Annotated:
        return hint
    return Annotated[(get_args(hint)[0], *kept)] if kept else get_args(hint)[0]


def _refuse_unsendable(name: str, kind: Any, default: Any) -> None:
    # Outside a body None and an empty tuple leave no trace, so the callee would take the default.
    if type(None) in alternatives(kind) and default is not None:
        raise ContractError(
            f"parameter {name!r} may be None, which leaves no trace; let None be its default"
        )
    if item_of(kind) is not None and default not in ((), None, inspect.Parameter.empty):
        raise ContractError(
            f"parameter {name!r} may be empty, which leaves no trace; let () be its default"
        )


def _constrained(hint: Any) -> bool:
    if any(isinstance(item, msgspec.Meta) for item in _metadata(hint)):
        return True
    if get_origin(hint) is Literal or isinstance(hint, msgspec.Meta):
        return True
    supertype = getattr(hint, "__supertype__", None)
    if supertype is not None:
        return _constrained(supertype)
    return any(
        _constrained(part)
        for part in get_args(hint)
        if part is not Ellipsis and not isinstance(part, str)
    )


def path_names_of(path: str) -> frozenset[str]:
    """Return the names in braces in *path*."""
    return frozenset(
        part[1:-1] for part in path.split("/") if part.startswith("{") and part.endswith("}")
    )


def defaults_of(parameters: tuple[Parameter, ...]) -> Mapping[str, Any]:
    """Return the default of each parameter that has one."""
    return {parameter.name: parameter.default for parameter in parameters if not parameter.required}
