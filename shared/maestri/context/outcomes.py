"""Outcomes of calls as few words, so that counters by outcome are few."""

from collections.abc import Iterator

from maestri.errors import CallError, Rejected

OK = "ok"
CANCELLED = "cancelled"
REJECTED = Rejected.code


def _codes(error: type[CallError]) -> Iterator[str]:
    yield error.code
    for kind in error.__subclasses__():
        if not issubclass(kind, Rejected):
            yield from _codes(kind)


OUTCOMES = frozenset({OK, CANCELLED, REJECTED, *_codes(CallError)})
"""Every outcome that counters tell apart."""


def counted_outcome(outcome: str) -> str:
    """
    Return the word under which *outcome* is counted: every business error is ``rejected``.

    There is no end of those: what an external service calls its own is one, too.
    """
    return outcome if outcome in OUTCOMES else REJECTED
