"""Which replica of a callee gets the next call."""

import random
from collections.abc import Sequence

from maestri import clock

EJECTION_S_MIN = 1.0
EJECTION_S_MAX = 10.0
TIMEOUTS_MAX = 3
TIMEOUT_S_MIN = 0.1


class Replica:
    """One address of a callee, and what calls to it have shown."""

    __slots__ = ("address", "ejected_until_s", "ejection_s", "outstanding", "timeouts")

    def __init__(self, address: str) -> None:
        self.address = address
        self.outstanding = 0
        self.timeouts = 0
        self.ejection_s = 0.0
        self.ejected_until_s = 0.0

    def succeeded(self) -> None:
        """Note that it lives; whatever was held against it is forgotten."""
        if self.timeouts or self.ejection_s:
            self.timeouts, self.ejection_s, self.ejected_until_s = 0, 0.0, 0.0

    def refused(self) -> None:
        """Note that nobody listens there; eject it for 1 s, then for twice as long, up to 10 s."""
        self.ejection_s = min(max(EJECTION_S_MIN, self.ejection_s * 2), EJECTION_S_MAX)
        self.ejected_until_s = clock.now_s() + self.ejection_s

    def timed_out(self, waited_s: float) -> None:
        """
        Note that a call was given up unanswered; the third in a row counts as refusing.

        A wait of less than 0.1 s says nothing about the replica. One that is ejected is probed by a
        real call, which may spend its whole deadline there.
        """
        if waited_s < TIMEOUT_S_MIN:
            return
        self.timeouts += 1
        if self.timeouts >= TIMEOUTS_MAX:
            self.refused()


class Replicas:
    """
    The addresses of one callee.

    Of two drawn at random the one with fewer outstanding calls is taken (power of two choices). One
    that is ejected gets a single call when its time is over; that call decides whether it is back.
    If all are ejected, the one whose time is over first is taken: a link never refuses by itself.
    """

    def __init__(self, addresses: Sequence[str]) -> None:
        if not addresses:
            raise ValueError("a callee needs at least one address")
        self.all = tuple(Replica(address.rstrip("/")) for address in addresses)
        self._only = self.all[0] if len(self.all) == 1 else None

    def pick(self, refused: Sequence[Replica]) -> Replica | None:
        """Return where to send the next call; None if all of them *refused* this one."""
        if self._only is not None:
            return None if refused else self._only
        rest = [replica for replica in self.all if replica not in refused]
        if len(rest) <= 1:
            return rest[0] if rest else None
        now_s = clock.now_s()
        for replica in rest:
            if replica.ejection_s and replica.ejected_until_s <= now_s:
                replica.ejected_until_s = now_s + replica.ejection_s
                return replica
        usable = [replica for replica in rest if not replica.ejection_s]
        if not usable:
            return min(rest, key=lambda replica: replica.ejected_until_s)
        if len(usable) == 1:
            return usable[0]
        one, other = random.sample(usable, 2)
        return one if one.outstanding <= other.outstanding else other
