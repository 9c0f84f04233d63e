"""Calls that fail on their way are told to operators: a line for each cause, not for each call."""

import logging

from maestri.context import RateLimitedLog
from maestri.errors import CallError

log = logging.getLogger("maestri.links")


class LinkFailures:
    """
    Write one line in 10 s for each callee, address and kind of failure, with a count.

    Links may share one, so that all callers of a process make one line together. What a callee
    responds is no failure of a link: whoever raised it has told.
    """

    def __init__(self) -> None:
        self._log = RateLimitedLog(log)

    def note(self, failure: CallError, callee: str, address: str = "") -> None:
        """Tell that a call to *callee* failed so, at the *address* of a replica if it was sent."""
        where = f"{callee} at {address}" if address and address != callee else callee
        self._log.warning(f"{where} {failure.code}", f"{where}: {failure.message}")
