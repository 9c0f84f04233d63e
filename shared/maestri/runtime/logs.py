"""How a unit's process writes its log: lines for people, or JSON for programs."""

import logging
import sys
from collections.abc import Mapping

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def start_logging(environment: Mapping[str, str]) -> None:
    """
    Write the log of this process to stderr.

    ``MAESTRI_LOG_LEVEL`` is its level, INFO by default; one that does not exist is told by the
    checks.
    """
    level = environment.get("MAESTRI_LOG_LEVEL", "INFO").upper()
    known = logging.getLevelNamesMapping()
    logging.basicConfig(
        level=known.get(level, logging.INFO), format=FORMAT, datefmt="%H:%M:%S", stream=sys.stderr
    )
