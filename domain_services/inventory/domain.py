"""Rules of the inventory."""

from collections.abc import Mapping

_DAYS_BY_COUNTRY: Mapping[str, tuple[int, int]] = {
    "Germany": (1, 2),
    "France": (2, 3),
    "Poland": (2, 4),
    "Spain": (3, 5),
}
_DAYS_ELSEWHERE = (4, 7)


def delivery_days(country: str) -> tuple[int, int]:
    """Return how many days a parcel from a warehouse in *country* takes, at least and at most."""
    return _DAYS_BY_COUNTRY.get(country, _DAYS_ELSEWHERE)
