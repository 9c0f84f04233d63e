"""What the operation in progress has sent: the one place that knows whether it may have acted."""

from maestri.errors import CallError, Faulted, NotExecuted, OutcomeUnknown


class Commands:
    """
    The commands of one operation in progress.

    Attributes:
        acted: Ids of those that may have acted.
        repeatable: Whether the operation is declared idempotent, so that links send it again.
    """

    __slots__ = ("_claimed", "acted", "repeatable")

    def __init__(self, *, repeatable: bool = False) -> None:
        self.acted: list[str] = []
        self.repeatable = repeatable
        self._claimed: set[tuple[str, str]] = set()

    def concluded(self, error: CallError) -> CallError:
        """
        Return what *error* means once commands were sent: "nothing was done" may not hold.

        That is the error itself; or an OutcomeUnknown with the error as its cause, instead of a
        NotExecuted, if a command may have acted.
        """
        if not self.acted or not isinstance(error, NotExecuted):
            return error
        unknown = OutcomeUnknown(f"after a command was sent: {error}", operation=error.operation)
        unknown.__cause__ = error
        return unknown

    def claim(self, path: str, run_name: str) -> None:
        """
        Note that a plan is run, or a command sent, at *path* under *run_name*; both only once.

        Raises:
            Faulted: It was before, so both would have one idempotency key. Nothing is sent.
        """
        claim = (run_name, path)
        if claim in self._claimed:
            named = f"both named {run_name!r}" if run_name else "neither is named"
            raise Faulted(
                f"{path} is sent twice in one operation, and {named}, so nothing tells the two "
                'apart when they are sent again; name each differently: `with run_named("..."): '
                "...`"
            )
        self._claimed.add(claim)
