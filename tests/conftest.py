"""How tests are shared out to the processes of one run by pytest-xdist."""

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
