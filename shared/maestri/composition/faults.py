"""What breaks while a plan runs, though it should not, is logged and Faulted."""

import asyncio
import logging

from maestri.errors import Faulted

log = logging.getLogger("maestri.composition")

BROKEN = (Exception, asyncio.CancelledError, GeneratorExit)
"""What code may raise that breaks: nobody waits in it, so nobody can have cancelled it either."""


def broke(what: str, error: BaseException, *, operation: str = "") -> Faulted:
    """Return the Faulted for *what*, with its cause, and write it into the log."""
    log.error("%s broke", what, exc_info=error)
    fault = Faulted(
        f"{what} broke with {type(error).__name__}: {_text_of(error)}", operation=operation
    )
    fault.__cause__ = error
    return fault


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - an error that cannot say what it is
        return "without words"
