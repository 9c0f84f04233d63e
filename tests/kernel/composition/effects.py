"""What a run does to the market, whatever its caller selects: commands and checks, with keys."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from maestri import clock
from maestri.composition import Composer
from maestri.context import Context, current, use_context
from maestri.contracts import Contract, Selection, field_types, item_of, left_out_field, struct_of
from maestri.errors import CallError
from maestri.plans import Plan
from tests.kernel.plans.market import Told, market

EFFECTS = {"put_line", "order", "empty", "may_be_sold"}
TIMEOUT_S = 60.0


class KeyedTold(Told):
    """
    Told, which notes the idempotency keys, too.

    Attributes:
        keys: Each call as ``put_line:a`` with its key, in order of arrival.
    """

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[tuple[str, str | None]] = []

    async def play(self, name: str, argument: Any) -> None:
        """Note the key of a call, and take it."""
        text = "+".join(argument) if isinstance(argument, tuple) else argument
        self.keys.append((f"{name}:{text}", current().key))
        await super().play(name, argument)

    def commands(self) -> dict[str, str | None]:
        """Return the key of each command, by what it was told."""
        return {call: key for call, key in self.keys if call.partition(":")[0] in EFFECTS}


class Effects(NamedTuple):
    """What a run did, and how it ended: *answer*, or the *error* that it raised."""

    sent: tuple[tuple[str, str | None], ...]
    answer: Any
    error: type[CallError] | None


async def effects_of(
    plan: Plan[..., Any],
    inputs: tuple[Any, ...],
    *,
    selection: Selection | None = None,
    failures: Mapping[str, BaseException] | None = None,
    dependencies: Mapping[str, Contract] | None = None,
) -> Effects:
    """Serve *plan* to a caller that needs *selection*, and return what that did."""
    told = KeyedTold()
    told.failures = dict(failures or {})
    answer, error = None, None
    deadline_s = clock.now_s() + TIMEOUT_S
    with use_context(Context(deadline_s, "request", key="client", selection=selection)):
        try:
            answer = await Composer(dependencies or market(told)).serve(plan, inputs)
        except CallError as raised:
            error = type(raised)
    sent = [one for one in told.keys if one[0].partition(":")[0] in EFFECTS]
    return Effects(tuple(sent), answer, error)


def selections_of(kind: Any) -> Iterator[Selection]:
    """
    Return the selections of a message: each field left out, whole, or by one field of its own.

    Left-out parts are not asked for: who wants them gets them, as any field.
    """
    choices: list[dict[str, Selection | None]] = [{}]
    for name, parts in _parts_of(kind).items():
        choices += [{**chosen, name: part} for chosen in choices for part in parts]
    yield from (Selection.of(chosen) for chosen in choices if chosen)


def _parts_of(kind: Any) -> dict[str, list[Selection | None]]:
    """Return for each field of a message what may be selected of it."""
    found: dict[str, list[Selection | None]] = {}
    for name, field in field_types(kind).items():
        inner = struct_of(item_of(field) or field)
        below = {} if inner is None else _parts_of(inner)
        singles = [Selection(((one, part),)) for one, parts in below.items() for part in parts]
        found[name] = [None, *singles]
    found.pop(left_out_field(kind) or "", None)
    return found
