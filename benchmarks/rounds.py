"""Contenders take turns in short rounds, so that what else the machine does meets all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

import msgspec

from benchmarks.load import Generator, Load, LoadFailed, LoadTarget
from benchmarks.processes import cpu_s, fetched

WARM_UP_S = 1


class WrongResponse(Exception):
    """A contender does not answer what the oracle wants, so its numbers mean nothing."""


class Settings(NamedTuple):
    """How much is measured: *rounds* of so many seconds for each contender, by so many clients."""

    rounds: int = 5
    seconds: int = 2
    clients: int = 32


class Round(NamedTuple):
    """One contender in one round."""

    cpu_us: float
    """Processor time of all its processes per request."""
    per_s: float
    p50_ms: float
    p99_ms: float


@dataclass
class Contender:
    """
    One row: processes that answer the same requests as the others.

    Attributes:
        name: For the table.
        url: Where the load goes to.
        pids: All its processes; the processor time of all is counted.
        prefix: Of all paths.
        headers: Of all requests.
        rounds: What was measured so far.
    """

    name: str
    url: str
    pids: Sequence[int]
    prefix: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    rounds: list[Round] = field(default_factory=list)

    def median(self, what: str) -> float:
        """Return the median of a field of its rounds."""
        return median(self.all(what))

    def ratio_to(self, other: "Contender", what: str = "cpu_us") -> float:
        """Return the median of the ratios within each round."""
        pairs = zip(self.all(what), other.all(what), strict=True)
        return median(mine / theirs for mine, theirs in pairs)

    def all(self, what: str) -> list[float]:
        """Return a field of all rounds."""
        return [getattr(one, what) for one in self.rounds]


async def compete(
    contenders: Sequence[Contender],
    paths: Sequence[str],
    generator: Generator,
    settings: Settings,
) -> None:
    """Warm all contenders up, then let each answer *paths* for a while in every round."""
    for one in contenders:
        await _driven(one, paths, generator, settings._replace(seconds=WARM_UP_S))
    for _ in range(settings.rounds):
        for one in contenders:
            before_s = cpu_s(one.pids)
            load = await _driven(one, paths, generator, settings)
            used_s = cpu_s(one.pids) - before_s
            one.rounds.append(
                Round(
                    used_s / load.requests * 1e6,
                    load.requests / load.seconds,
                    load.p50_ms,
                    load.p99_ms,
                )
            )


async def _driven(
    contender: Contender, paths: Sequence[str], generator: Generator, settings: Settings
) -> Load:
    below = [contender.prefix + path for path in paths]
    target = LoadTarget(contender.url, below, contender.headers)
    try:
        return await generator.drive(target, settings.clients, settings.seconds)
    except LoadFailed as failure:
        raise LoadFailed(f"{contender.name}: {failure}") from failure


async def response(contender: Contender, path: str) -> object:
    """
    Return the JSON that a contender returns at *path*.

    Raises:
        WrongResponse: It returns none.
    """
    url = contender.url + contender.prefix + path
    status, body = await fetched(url, contender.headers)
    if status != 200:  # noqa: PLR2004 - HTTP's own number
        raise WrongResponse(f"{contender.name} answers {status} at {path}: {body[:300]!r}")
    return msgspec.json.decode(body)
