"""The fixture project, for the tests of this room."""

from tests.kernel.topology.town import town, write

__all__ = ["town", "write"]
