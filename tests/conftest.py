"""How tests are shared out to the processes of one run by pytest-xdist, and what they log."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # has no types

NEED_A_TOPOLOGY = ("tests/scenarios/", "tests/browser/")


class TopologiesTogether(LoadScopeScheduling):  # type: ignore[misc]  # of xdist, see above
    """
    One process gets all tests of running topologies; others get a file at a time.

    So each topology is started once, and what scenarios did in all of them is found in one place.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "topologies" if nodeid.startswith(NEED_A_TOPOLOGY) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> TopologiesTogether:
    """Share out tests in our own way."""
    return TopologiesTogether(config, log)


class PlainRecord(logging.LogRecord):
    """A record that keeps the text of an exception, and no frame: pytest keeps all records."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info:
            self.exc_text = logging.Formatter().formatException(self.exc_info)
            self.exc_info = None


@pytest.fixture(autouse=True, scope="session")
def _plain_records() -> Iterator[None]:
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(PlainRecord)
    yield
    logging.setLogRecordFactory(before)
