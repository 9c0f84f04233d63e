"""The only source of chance: the same seed gives the same draws in every process, on every day."""

from random import Random


def dice(seed: str) -> Random:
    """Make one item's own generator, so that no item depends on the order of the others."""
    return Random(seed)  # noqa: S311 - texts and pictures, not secrets


def happens(rng: Random, share: float) -> bool:
    """Tell whether something that happens in a *share* of all cases (0 to 1) happens now."""
    return rng.random() < share
