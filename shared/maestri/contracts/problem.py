"""Errors on the wire: problem details (RFC 9457), the same between units and to clients."""

from collections.abc import Iterable
from contextlib import suppress

import msgspec

from maestri import errors
from maestri.errors import ALWAYS_DECLARED, CallError, Faulted, Rejected

PROBLEM_JSON = "application/problem+json"
PROBLEM_TYPES = "urn:maestri:"
REJECTED = "urn:maestri:rejected:"
TITLE_CHARACTERS_MAX = 300

_BY_CODE: dict[str, type[CallError]] = {
    kind.code: kind
    for kind in (
        errors.NotExecuted,
        errors.ConnectFailed,
        errors.Overloaded,
        errors.NoTimeLeft,
        errors.OutcomeUnknown,
        errors.DeadlineExceeded,
        errors.ConnectionLost,
        errors.Faulted,
        errors.BoundExceeded,
    )
}


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """
    Problem details of one error.

    Attributes:
        type: ``urn:maestri:<code>``, or ``urn:maestri:rejected:<error id>`` for a business error.
        title: One sentence for the client.
        status: HTTP status.
        detail: What is wrong with this request in particular.
        fields: The fields of a business error (extension member).
        request: Id of the request, to quote to the people who run the system (extension member).
    """

    type: str = "about:blank"
    title: str = ""
    status: int = 500
    detail: str = ""
    fields: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    request: str = ""


def problem_of(error: CallError, request_id: str = "") -> Problem:
    """Return what a client may know of *error*; the log message stays here."""
    if not isinstance(error, Rejected):
        return Problem(PROBLEM_TYPES + error.code, error.title, error.status, request=request_id)
    detail = "; ".join(f"{name}: {value}" for name, value in error.fields.items())
    fields: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    if error.fields:
        fields = msgspec.Raw(msgspec.json.encode(type(error).structure()(**error.fields)))
    return Problem(REJECTED + error.code, error.title, error.status, detail, fields, request_id)


def error_of(problem: Problem, declared: Iterable[type[Rejected]], operation: str) -> CallError:
    """
    Return the error that *problem* stands for, of the same class as where it was raised.

    A business error that is not among *declared*, or whose fields do not fit, becomes a plain
    Rejected: it stays a refusal. Anything else that is not known becomes Faulted.
    """
    error = (
        _rejected(problem, declared)
        if problem.type.startswith(REJECTED)
        else _kernel_error(problem)
    )
    error.operation = operation
    return error


def _rejected(problem: Problem, declared: Iterable[type[Rejected]]) -> CallError:
    code = problem.type.removeprefix(REJECTED)
    for kind in (*declared, *ALWAYS_DECLARED):
        if kind.code == code:
            with suppress(msgspec.DecodeError, RecursionError, UnicodeDecodeError):
                fields = problem.fields
                return kind.from_fields(
                    {} if isinstance(fields, msgspec.UnsetType) else msgspec.json.decode(fields)
                )
    return Rejected.unknown(code, problem.status, problem.title[:TITLE_CHARACTERS_MAX])


def _kernel_error(problem: Problem) -> CallError:
    kind = _BY_CODE.get(problem.type.removeprefix(PROBLEM_TYPES), Faulted)
    return kind(f"responded with {problem.status} {problem.type}")
