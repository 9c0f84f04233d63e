"""How a unit's process writes its log: lines for people, or JSON for programs."""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class JsonFormatter(logging.Formatter):
    """One JSON object a line: ``time``, ``level``, ``logger``, ``message``; a traceback inside."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of *record*."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told)


def start_logging(environment: Mapping[str, str]) -> None:
    """
    Write the log of this process to stderr.

    ``MAESTRI_LOG_LEVEL`` is its level, INFO by default; ``MAESTRI_LOG`` is ``text``, its default,
    or ``json``. What these are not is told by the checks.
    """
    level = environment.get("MAESTRI_LOG_LEVEL", "INFO").upper()
    handler = logging.StreamHandler(sys.stderr)
    if environment.get("MAESTRI_LOG") == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(logging.Formatter(FORMAT, datefmt="%H:%M:%S"))
    known = logging.getLevelNamesMapping()
    logging.basicConfig(level=known.get(level, logging.INFO), handlers=[handler])
