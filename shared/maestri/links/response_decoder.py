"""What the caller expects of an operation's HTTP responses, and what it makes of any other."""

from typing import Any

import msgspec

from maestri.contracts import (
    JSON,
    PROBLEM_JSON,
    Operation,
    Problem,
    Reply,
    Selection,
    codec_of,
    error_of,
    is_json,
)
from maestri.errors import CallError, Faulted
from maestri.links.address import address_of
from maestri.links.http_client import HttpResponse

SUCCESS = 200
OTHER = 300
ERROR = 400
STATUSES = range(100, 600)
PROBLEM_BYTES_MAX = 1024 * 1024
TYPE_CHARACTERS_MAX = 300
"""Of a problem's type, and of a media type where it is quoted: both end up in logs and spans."""

_problems = msgspec.json.Decoder(Problem)


class ResponseDecoder:
    """
    The parts of a call that are the same for all calls of *operation*.

    Args:
        operation: What is called.
        component: Name of the callee; empty for an external service and for an edge contract.
    """

    def __init__(self, operation: Operation, component: str) -> None:
        self.operation = operation
        self.codec = codec_of(operation)
        self.external = not component
        self.path = address_of(operation.contract, component)
        self.headers: list[tuple[str, str]] = []
        if self.codec.has_body:
            self.headers.append(("content-type", self.codec.expected))
        # Where an edge leads its clients is its reply; an external service's redirects are none.
        self._above = ERROR if operation.replies and operation.contract.edge else OTHER
        self._media_type = operation.options.get("media_type", JSON)
        if self.external:
            self.headers.append(("accept", self._media_type))

    def value(self, response: HttpResponse, selection: Selection | None) -> Any:
        """
        Return the value in *response*.

        Raises:
            CallError: The one that the response stands for; Faulted if the response does not fit.
        """
        if not SUCCESS <= response.status < self._above:
            raise self.error(response)
        translate = self.operation.contract.external
        if (
            translate is not None
            and (refusal := translate(response.status, response.body)) is not None
        ):
            raise refusal  # some services refuse with status 200
        value = None if self.operation.result is type(None) else self._decoded(response, selection)
        if self.operation.replies:
            return Reply(value, response.status, tuple(response.headers.items()))
        return value

    def _decoded(self, response: HttpResponse, selection: Selection | None) -> Any:
        given = response.headers.get("content-type", "")
        expected = self._media_type
        if given != expected and given.partition(";")[0].strip().lower() != expected:
            raise Faulted(
                f"responded with {response.status} with "
                f"{given[:TYPE_CHARACTERS_MAX] or 'no media type'}, not {expected}"
            )
        if is_json(self._media_type):
            return self.codec.result(response.body, selection)
        if self.operation.result is bytes:
            return response.body
        try:
            return response.body.decode()
        except UnicodeDecodeError as mismatch:
            raise Faulted("responded with text that is not UTF-8") from mismatch

    def error(self, response: HttpResponse) -> CallError:
        """Return what a response other than a success stands for."""
        translate = self.operation.contract.external
        if translate is not None:
            translated: CallError | None = translate(response.status, response.body)
            return translated or Faulted(f"responded with {response.status}")
        if response.headers.get("content-type", "").partition(";")[0].strip() != PROBLEM_JSON:
            return Faulted(
                f"responded with {response.status} without saying why in problem details"
            )
        if len(response.body) > PROBLEM_BYTES_MAX:
            return Faulted(
                f"responded with {response.status} with a problem of more than "
                f"{PROBLEM_BYTES_MAX} bytes"
            )
        try:
            problem = _problems.decode(response.body)
            if len(problem.type) > TYPE_CHARACTERS_MAX or problem.status not in STATUSES:
                return Faulted(f"responded with {response.status} with a problem that is none")
            return error_of(problem, self.operation.raises, self.operation.id)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as mismatch:
            return Faulted(
                f"responded with {response.status} with a problem that cannot be read: "
                f"{str(mismatch)[:TYPE_CHARACTERS_MAX]}"
            )
