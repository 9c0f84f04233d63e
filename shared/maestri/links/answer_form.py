"""What the caller expects of an operation's HTTP answers, and what it makes of any other."""

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
)
from maestri.errors import CallError, Faulted
from maestri.links.exchange import HttpAnswer

SUCCESS = 200
OTHER = 300
_problems = msgspec.json.Decoder(Problem)


class AnswerForm:
    """
    The parts of a call that are the same for all calls of *operation*.

    Args:
        operation: What is called.
        component: Name of the callee; empty for a foreign service and for an edge contract.
    """

    def __init__(self, operation: Operation, component: str) -> None:
        self.operation = operation
        self.codec = codec_of(operation)
        self.foreign = not component
        self.path = f"/{component.replace('.', '/')}" if component else operation.contract.prefix
        self.headers: list[tuple[str, str]] = []
        if self.codec.has_body:
            self.headers.append(("content-type", self.codec.expected))
        self._media_type = operation.declared.get("media_type", JSON)
        if self.foreign:
            self.headers.append(("accept", self._media_type))

    def value(self, answer: HttpAnswer, selection: Selection | None) -> Any:
        """
        Return the value in *answer*.

        Raises:
            CallError: The one that the answer stands for; Faulted if the answer does not fit.
        """
        if not SUCCESS <= answer.status < OTHER:
            raise self.error(answer)
        translate = self.operation.contract.foreign
        if translate is not None and (refusal := translate(answer.status, answer.body)) is not None:
            raise refusal  # some services refuse with status 200
        value = None if self.operation.result is type(None) else self._decoded(answer, selection)
        if self.operation.replies:
            return Reply(value, answer.status, tuple(answer.headers.items()))
        return value

    def _decoded(self, answer: HttpAnswer, selection: Selection | None) -> Any:
        given = answer.headers.get("content-type", "")
        expected = self._media_type
        if given != expected and given.partition(";")[0].strip().lower() != expected:
            raise Faulted(
                f"answered {answer.status} with {given or 'no media type'}, not {expected}"
            )
        if self._media_type == JSON:
            return self.codec.answer(answer.body, selection)
        if self.operation.result is bytes:
            return answer.body
        try:
            return answer.body.decode()
        except UnicodeDecodeError as mismatch:
            raise Faulted("answered text that is not UTF-8") from mismatch

    def error(self, answer: HttpAnswer) -> CallError:
        """Return what an answer other than a success stands for."""
        translate = self.operation.contract.foreign
        if translate is not None:
            translated: CallError | None = translate(answer.status, answer.body)
            return translated or Faulted(f"answered {answer.status}")
        if answer.headers.get("content-type", "").partition(";")[0].strip() != PROBLEM_JSON:
            return Faulted(f"answered {answer.status} without saying why in problem details")
        try:
            return error_of(_problems.decode(answer.body), self.operation.raises, self.operation.id)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as mismatch:
            return Faulted(
                f"answered {answer.status} with a problem that cannot be read: {mismatch}"
            )
