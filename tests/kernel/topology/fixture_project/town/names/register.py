"""Stands in for a database: opened before anything is served, and closed afterwards."""

from typing import Self


class Register:
    """Would keep names at its URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_open = False

    async def __aenter__(self) -> Self:
        self.is_open = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self.is_open = False

    async def healthy(self) -> None:
        """Return if it is open; otherwise raise."""
        if not self.is_open:
            raise RuntimeError("the register is closed")
