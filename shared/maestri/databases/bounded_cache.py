"""What was worked out once per statement is cached, within a bound."""

from collections.abc import Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BoundedCache(dict[K, V]):
    """A dict that forgets its oldest entry when it would hold more than *count_max*."""

    def __init__(self, count_max: int) -> None:
        super().__init__()
        self._count_max = count_max

    def add(self, key: K, value: V) -> V:
        """Keep and return *value*."""
        while len(self) >= self._count_max:
            del self[next(iter(self))]
        self[key] = value
        return value
