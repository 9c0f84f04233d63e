"""What a component says of itself, in its package's ``__init__``."""

from typing import NamedTuple


class Component(NamedTuple):
    """
    Where a component stands in the hierarchy; the value ``COMPONENT`` of its package.

    Attributes:
        level: Calls go to lower levels only; 0 are the domain services.
        cell: The subdomain, or the client, whose team owns and deploys it. Services of a cell are
            called by components of that cell alone.
    """

    level: int
    cell: str
