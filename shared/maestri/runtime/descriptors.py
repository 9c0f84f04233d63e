"""How many files and connections a process may have open."""

import contextlib
import logging
import resource

DESCRIPTORS = 65_536
"""Enough for the connections that a server takes, those of its calls, and its databases."""

DESCRIPTORS_MIN = 4_096

log = logging.getLogger("maestri.unit")


def allow_descriptors() -> None:
    """
    Raise the limit of open files to 65,536, or as far as the system lets this process.

    Shells give 1,024, which is less than the connections that a unit takes by default; those that
    exceed the limit wait until others are closed.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    wanted = DESCRIPTORS if hard == unlimited else min(DESCRIPTORS, hard)
    if soft != unlimited and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # a system with a bound of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    if soft != unlimited and soft < DESCRIPTORS_MIN:
        log.warning(
            "only %d files and connections may be open at once; raise the limit: ulimit -n %d",
            soft,
            DESCRIPTORS,
        )
