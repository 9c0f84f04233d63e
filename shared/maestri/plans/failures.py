"""Whose failure is handled by whom, which timeouts apply to whom, and what fails a body."""

from maestri.plans.liveness import Liveness


class Failures:
    """
    What the failure of each step means; found once for a plan, whatever is pruned later.

    A failure is *handled* if every step that uses it handles it, or is itself handled. It is then a
    value, and passed on until somebody looks at it. Any other failure ends the plan.

    Attributes:
        handled: Steps whose failure is handled.
        timeout_scopes: For each step that only an ``optional`` or ``quorum`` waits for, these: the
            longest of their timeouts applies. Nothing for a step that others wait for, too.
        fatal: For each block the steps with whose failure, handled further out, it has failed.
    """

    def __init__(self, liveness: Liveness) -> None:
        self._liveness = liveness
        self._steps = liveness.steps
        self._required = {block: liveness.required(block) for block in liveness.blocks}
        self.handled = self._find_handled()
        self.timeout_scopes = self._find_timeout_scopes()
        self.fatal = {block: self._find_fatal(block) for block in liveness.blocks}

    def handles(self, consumer: int, index: int) -> bool:
        """Tell whether the step *consumer* deals with a failure of the step *index*."""
        step = self._steps[consumer]
        if index in self._liveness.uses[consumer]:
            return step.handles
        # It is needed by a body of the step, or by a body around that.
        return step.handles_in_body()

    def users(self, index: int) -> list[int] | None:
        """Return the steps that have a failure of *index* to deal with; None if nobody has."""
        liveness = self._liveness
        users = set(liveness.consumers[index])
        block = self._steps[index].block
        if index in self._required[block]:
            if block not in liveness.owners:
                return None
            users.add(liveness.owners[block][0].index)
        # The result of an inner block that uses an outer step is dealt with by its owner, above.
        if block not in liveness.owners and not users:
            return None
        return sorted(users)

    def _find_handled(self) -> set[int]:
        handled: set[int] = set()
        for index in sorted(self._liveness.live, reverse=True):
            users = self.users(index)
            if users and all(self.handles(user, index) or user in handled for user in users):
                handled.add(index)
        return handled

    def _find_timeout_scopes(self) -> dict[int, frozenset[int]]:
        timeout_scopes: dict[int, frozenset[int]] = {}
        for index in sorted(self._liveness.live, reverse=True):
            users = self.users(index)
            if users is None:
                continue
            found = [self._scopes_by(user, index, timeout_scopes) for user in users]
            if found and all(found):
                timeout_scopes[index] = frozenset().union(*found)
        return timeout_scopes

    def _scopes_by(
        self, user: int, index: int, timeout_scopes: dict[int, frozenset[int]]
    ) -> frozenset[int]:
        step = self._steps[user]
        if step.is_timeout_scope and index in self._liveness.uses[user]:
            return frozenset((user,))
        return timeout_scopes.get(user, frozenset())

    def _find_fatal(self, block: int) -> set[int]:
        """Return the steps of a body whose failure reaches its end, as it would end a plan."""
        if block not in self._liveness.owners:
            return set()
        owner = self._liveness.owners[block][0].index
        inside = [
            i for i in self._liveness.live if block in self._liveness.around(self._steps[i].block)
        ]
        reaching: set[int] = set()
        for index in sorted(inside, reverse=True):
            for user in self.users(index) or ():
                if user == owner or (user in reaching and not self.handles(user, index)):
                    reaching.add(index)
        return {i for i in reaching if self._steps[i].block == block and i in self.handled}
