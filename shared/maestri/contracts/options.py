"""What an operation declares besides its signature: honoured over every link, or refused."""

import math
import re
from typing import Any, NotRequired, TypedDict

from maestri.contracts.message import type_name
from maestri.errors import ContractError, Rejected

JSON = "application/json"
SAFE_METHODS = frozenset({"GET"})
IDEMPOTENT_METHODS = frozenset({"GET", "PUT", "DELETE"})
EDGE_ONLY = ("timeout_s", "etag", "max_age_s")

ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")


class OperationOptions(TypedDict):
    """
    What an operation may declare besides its signature.

    Keys:
        id: Stable last part of its id; the Python name if absent.
        raises: Business errors that it may raise.
        idempotent: Whether repeating it changes nothing more: reads, PUT and DELETE; not POST.
        safe: Whether it only reads. GET does, POST may; no other method.
        batch_of: Name of the operation that this one serves for many keys at once.
        batch_max: Keys per call, at least 1; a composer splits more over several calls, anybody
            else is refused.
        media_type: Of the response. ``application/json`` and any ``+json`` carry what JSON can,
            others a str, bytes or a stream.
        timeout_s: Time that a client's request may take; only at the edge.
        etag: Whether the response carries an ETag and may be sent as 304; only of GET at the edge.
        max_age_s: How long clients, and caches on the way, may keep the response; only of safe
            operations at the edge.
        hidden: Whether OpenAPI leaves it out (pages, files); what it does not know of a query is
            tolerated, as addresses of pages are passed around with more than they had.
    """

    id: NotRequired[str]
    raises: NotRequired[list[type[Rejected]]]
    idempotent: NotRequired[bool]
    safe: NotRequired[bool]
    batch_of: NotRequired[str]
    batch_max: NotRequired[int]
    media_type: NotRequired[str]
    timeout_s: NotRequired[float]
    etag: NotRequired[bool]
    max_age_s: NotRequired[int]
    hidden: NotRequired[bool]


def is_json(media_type: str) -> bool:
    """Tell whether bodies of *media_type* are JSON (RFC 6839)."""
    return media_type == JSON or media_type.endswith("+json")


def check_values(options: OperationOptions, where: str) -> None:
    """
    Refuse options that there are not, and values that an option never has.

    Raises:
        ContractError: Names the option and what to do.
    """
    known = OperationOptions.__annotations__
    unknown = set(options) - set(known)
    if unknown:
        raise ContractError(
            f"{where}: there is no option {', '.join(sorted(unknown))}; "
            f"there are {', '.join(sorted(known))}"
        )
    _refuse(_wrong_values(options), where)


def check_options(operation: Any, where: str) -> None:
    """
    Refuse options that contradict the method, result or contract of *operation*, or each other.

    Raises:
        ContractError: Names the option and what to do.
    """
    problems = [
        *_against_method(operation),
        *_against_result(operation),
        *_against_contract(operation),
    ]
    _refuse(problems, where)


def _refuse(problems: list[str], where: str) -> None:
    if problems:
        raise ContractError(f"{where}: {'; '.join(problems)}")


def _wrong_values(options: OperationOptions) -> list[str]:
    problems = [
        f"{name} is True or False, not {options.get(name)!r}"
        for name in ("idempotent", "safe", "etag", "hidden")
        if not isinstance(options.get(name, False), bool)
    ]
    if not _is_text(options.get("id", "x"), ID):
        problems.append(f"the id {options.get('id')!r} may have letters, digits, '_', '.' and '-'")
    if not _is_count(options.get("batch_max", 1), least=1):
        problems.append("batch_max is a whole number of at least 1")
    if not _is_count(options.get("max_age_s", 0), least=0):
        problems.append("max_age_s is a whole number of at least 0")
    timeout_s = options.get("timeout_s", 1.0)
    is_number = isinstance(timeout_s, int | float) and not isinstance(timeout_s, bool)
    if not is_number or not math.isfinite(timeout_s) or timeout_s <= 0:
        problems.append("timeout_s is a finite number above 0")
    if not _is_text(options.get("media_type", JSON), _MEDIA_TYPE):
        problems.append("media_type is type/subtype in lower case, without parameters")
    if not isinstance(options.get("batch_of", ""), str):
        problems.append("batch_of is the name of an operation of this contract, as a text")
    if not isinstance(options.get("raises", ()), list | tuple):
        problems.append(f"raises is a list of errors, not {options.get('raises')!r}")
    return problems


def _is_text(value: Any, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _is_count(value: Any, *, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _against_method(operation: Any) -> list[str]:
    method, options, problems = operation.method, operation.options, []
    if method in SAFE_METHODS and not operation.safe:
        problems.append("GET only reads (RFC 9110); use POST for what has side effects")
    if operation.safe and method not in {*SAFE_METHODS, "POST"}:
        problems.append(f"{method} has side effects (RFC 9110); use GET, or POST with safe=True")
    if not operation.idempotent and (operation.safe or method in IDEMPOTENT_METHODS):
        problems.append(f"a safe operation and {method} are idempotent; use POST for what is not")
    if options.get("etag") and method != "GET":
        problems.append("only a GET is answered by an ETag with 304")
    if "max_age_s" in options and not operation.safe:
        problems.append("the response of what has side effects is kept by nobody; drop max_age_s")
    if "batch_max" in options and "batch_of" not in options:
        problems.append("batch_max is about batches; say batch_of, or drop it")
    return problems


def _against_result(operation: Any) -> list[str]:
    options, problems = operation.options, []
    media_type = options.get("media_type", JSON)
    plain = operation.result in {str, bytes, type(None)}
    if not (plain or is_json(media_type)):
        problems.append(
            f"{media_type} carries str, bytes or a stream, not {type_name(operation.result)}"
        )
    if operation.streams and options.get("etag"):
        problems.append("a stream has no ETag, which is known only at its end")
    return problems


def _against_contract(operation: Any) -> list[str]:
    contract, problems = operation.contract, []
    if not contract.edge:
        problems += [
            f"{name} is only for the edge" for name in EDGE_ONLY if name in operation.options
        ]
    if operation.replies and not contract.edge and contract.external is None:
        problems.append("a Reply has a status and headers for clients; only at the edge")
    return problems


def check_raises(raises: tuple[Any, ...], where: str) -> None:
    """
    Refuse errors that cannot be declared: no business error, the plain one, one code twice.

    Raises:
        ContractError: Names the error.
    """
    for kind in raises:
        if not (isinstance(kind, type) and issubclass(kind, Rejected)) or kind is Rejected:
            raise ContractError(f"{where}: raises takes subclasses of Rejected, not {kind!r}")
    codes = [kind.code for kind in raises]
    for code in codes:
        if codes.count(code) > 1:
            raise ContractError(f"{where}: two errors in raises have the id {code!r}")
