"""
Errors say what the caller may conclude.

    MaestriError
      CallError                  a call did not give a good response
        NotExecuted              certain: the callee did nothing
          ConnectFailed            nobody answered at the address
          Overloaded               refused before it was started
          NoTimeLeft               the deadline had passed before sending
        OutcomeUnknown           the callee may have acted; retry only what is idempotent
          DeadlineExceeded         no response in time
          ConnectionLost           the response did not arrive
        Rejected                 the callee answered no: a declared business error
          InvalidRequest           the request does not fit the contract
        Faulted                  the callee answered that it broke; it may have acted
          BoundExceeded            more was asked than a plan is bounded to do
      ContractError              a contract is wrong; raised when it is defined
      PlanError                  a plan does not fit the contracts; raised at start
      TopologyError              a topology does not fit the components; raised at start
      DatabaseError              a database cannot be used
        NotCommitted             certain: nothing of the transaction is stored
        CommitUnknown            the transaction may be stored

Each class has a text for the client (*title*, *detail*) and one for the log (``str(error)``).
"""

import inspect
from typing import Any, ClassVar, Self, dataclass_transform, get_type_hints

import msgspec

RESERVED = frozenset({"args", "code", "fields", "message", "operation", "status", "title"})
"""Names that mean the same for every error, so no business error can have such a field."""

REFUSALS = range(400, 600)
"""HTTP statuses that say no; any other would be read as an answer."""


def _first_sentence(doc: str) -> str:
    paragraph = " ".join(doc.strip().split("\n\n", 1)[0].split())
    sentence, dot, _ = paragraph.partition(". ")
    return sentence + "." if dot else sentence


class MaestriError(Exception):
    """Everything that the kernel raises on purpose is a MaestriError."""


class ContractError(MaestriError):
    """A contract is wrong. Fix the definition that the message names."""


class PlanError(MaestriError):
    """A plan does not fit its contracts. Fix the line that the message names."""


class TopologyError(MaestriError):
    """A topology does not fit its components. Fix the key that the message names."""


class DatabaseError(MaestriError):
    """
    A database cannot be used. The message names it and says what to do.

    Attributes:
        condition: What operators have to mend: ``full``, ``damaged``, ``read-only``, ``gone``,
            ``unreachable`` or ``broken``; empty if it is the statement, or passes by itself.
    """

    def __init__(self, message: str = "", *, condition: str = "") -> None:
        super().__init__(message)
        self.condition = condition


class NotCommitted(DatabaseError):
    """Certainly nothing of the transaction is stored. Mend the cause and repeat it."""


class CommitUnknown(DatabaseError):
    """The transaction may be stored or not. Look before repeating it."""


class CallError(MaestriError):
    """
    A call did not give a good response; the subclass says what may be concluded.

    Attributes:
        code: Stable name on the wire, the last part of the problem's ``type``.
        status: HTTP status that a client sees.
        title: One sentence for the client.
        message: What happened, for the log; never sent to a client.
        operation: Id of the operation that was called, if known.
    """

    code: ClassVar[str] = "call_error"
    status: ClassVar[int] = 502
    title: ClassVar[str] = "A part of the system did not answer well."

    def __init__(self, message: str = "", *, operation: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.operation = operation

    def __str__(self) -> str:
        where = f"{self.operation}: " if self.operation else ""
        return f"{where}{self.message or self.title}"


class NotExecuted(CallError):
    """The callee certainly did nothing. Anything may be tried again."""

    code = "not_executed"
    status = 503
    title = "A part of the system is not available. Nothing was done; try again later."


class ConnectFailed(NotExecuted):
    """Nobody answered at the address. The callee did nothing; it may be down or starting."""

    code = "connect_failed"


class Overloaded(NotExecuted):
    """The callee refused the call before starting it. Wait before trying again."""

    code = "overloaded"
    title = "A part of the system has too much to do. Nothing was done; try again later."


class NoTimeLeft(NotExecuted):
    """The deadline had passed before the call was sent. The callee did nothing."""

    code = "no_time_left"
    status = 504
    title = "The time for this request was over before all of it could be started."


class OutcomeUnknown(CallError):
    """The callee may have acted. Repeat the call only if it is idempotent."""

    code = "outcome_unknown"
    title = "A part of the system did not say whether it did its work."


class DeadlineExceeded(OutcomeUnknown):
    """No response came in time. The callee may have acted."""

    code = "deadline_exceeded"
    status = 504
    title = "A part of the system did not answer in time."


class ConnectionLost(OutcomeUnknown):
    """The connection broke before the response arrived. The callee may have acted."""

    code = "connection_lost"


class Faulted(CallError):
    """The callee answered that it broke. For a command, treat it as OutcomeUnknown."""

    code = "faulted"


class BoundExceeded(Faulted):
    """More was asked of a plan than it is bounded to do. Ask for less, or raise the bound."""

    code = "bound_exceeded"


def hints_of(declared: Any, where: str) -> dict[str, Any]:
    """
    Return the types of annotations, by name.

    Raises:
        ContractError: Only type checkers know one of them.
    """
    try:
        return get_type_hints(declared, include_extras=True)
    except NameError as unknown:
        raise unknown_type(where, unknown) from unknown


def unknown_type(where: str, unknown: NameError) -> ContractError:
    """Return the error for an annotation with a name that nothing has when the program runs."""
    return ContractError(
        f"{where}: the type {unknown.name!r} is not known when the program runs; define it before, "
        "or import it without `if TYPE_CHECKING`"
    )


@dataclass_transform(kw_only_default=True, field_specifiers=(msgspec.field,))
class Rejected(CallError):
    """
    The callee answered no, in a way that its contract declares.

    A business error is a subclass with an id that outlives its name; annotated attributes are its
    fields, given by keyword and carried over every link::

        class UnknownProduct(Rejected, id="catalog.unknown_product", status=404):
            \"\"\"The catalog has no such product.\"\"\"

            sku: str

        raise UnknownProduct(sku="AUD-0042")

    The first sentence of the docstring is what a client reads. Fields are checked where the error
    is raised, as they would be on their way: a value that would not arrive is a TypeError.

    Errors evolve as messages do: a new field has a default, which fills in what an older callee
    does not send; a field that this side does not know is dropped. An error that this side does not
    know, or whose fields do not fit, arrives as a plain ``Rejected`` with its *code*, *status* and
    *title*: still a refusal, never a fault.
    """

    code = "rejected"
    status = 409
    title = "The request was refused."
    fields_type: ClassVar[type[msgspec.Struct] | None] = None

    def __init_subclass__(
        cls,
        *,
        id: str,  # noqa: A002 - `class NotForSale(Rejected, id=...)` reads well
        status: int = 409,
    ) -> None:
        taken = RESERVED.intersection(inspect.get_annotations(cls))
        if taken:
            raise ContractError(
                f"{cls.__name__}: every error has {sorted(taken)}; rename the field"
            )
        if not id or status not in REFUSALS:
            raise ContractError(
                f"{cls.__name__}: an error has an id and a status from 400 to 599, "
                f"not {id!r} and {status!r}"
            )
        cls.code = id
        cls.status = status
        cls.title = _first_sentence(cls.__doc__ or cls.__name__)
        cls.fields_type = None

    def __init__(self, **fields: Any) -> None:
        super().__init__()
        self.fields: dict[str, Any] = {}
        if type(self) is not Rejected:
            self._fill(_checked(type(self), fields))

    def _fill(self, values: msgspec.Struct) -> None:
        self.fields = msgspec.structs.asdict(values)
        self.__dict__.update(self.fields)

    @classmethod
    def unknown(cls, code: str, status: int, title: str) -> "Rejected":
        """Return the plain Rejected for a business error that this side does not know."""
        error = Rejected()
        error.__dict__.update(
            code=code, status=status if status in REFUSALS else Rejected.status, title=title
        )
        return error

    @classmethod
    def structure(cls) -> type[msgspec.Struct]:
        """Return the Struct that carries the fields of this error over a link."""
        if "fields_type" not in cls.__dict__ or cls.__dict__["fields_type"] is None:
            cls.fields_type = msgspec.defstruct(
                cls.__name__,
                [
                    (name, kind, *_default_of(cls, name))
                    for name, kind in hints_of(cls, cls.__name__).items()
                    if _is_field(cls, name)
                ],
                frozen=True,
                kw_only=True,
            )
        assert cls.fields_type is not None
        return cls.fields_type

    @classmethod
    def from_fields(cls, fields: Any) -> Self:
        """Return the error with *fields* from the wire; ValidationError if they do not fit."""
        error = cls.__new__(cls)
        CallError.__init__(error)
        # Whatever the keys of a Mapping are, in JSON they are texts.
        given = msgspec.convert(fields, cls.structure(), str_keys=True)
        error._fill(given)  # noqa: SLF001 - its own class
        return error

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.fields.items())
        where = f"{self.operation}: " if self.operation else ""
        return f"{where}{self.title}{f' ({given})' if given else ''}"


class InvalidRequest(Rejected, id="maestri.invalid_request", status=400):
    """The request does not fit the contract. Correct the *field*, for the *reason*."""

    field: str
    reason: str


class PayloadTooLarge(Rejected, id="maestri.payload_too_large", status=413):
    """The request is larger than this server accepts. Send at most *bytes_max* bytes."""

    bytes_max: int


class UnsupportedMediaType(Rejected, id="maestri.unsupported_media_type", status=415):
    """The body has a media type that this operation does not read. Send the *expected* one."""

    expected: str


ALWAYS_DECLARED: tuple[type[Rejected], ...] = (
    InvalidRequest,
    PayloadTooLarge,
    UnsupportedMediaType,
)
"""What any operation may raise without declaring it: the kernel's own refusals."""


def _is_field(cls: type, name: str) -> bool:
    return any(
        name in inspect.get_annotations(parent)
        for parent in cls.__mro__
        if issubclass(parent, Rejected) and parent is not Rejected
    )


def _default_of(cls: type, name: str) -> tuple[Any, ...]:
    return next(((vars(parent)[name],) for parent in cls.__mro__ if name in vars(parent)), ())


def _checked(cls: type[Rejected], fields: dict[str, Any]) -> msgspec.Struct:
    """Return *fields* as the Struct that carries them; TypeError if they would not arrive."""
    structure = cls.structure()
    known = structure.__struct_fields__
    try:
        given = structure(**fields)
    except TypeError as mismatch:
        raise TypeError(
            f"{cls.__name__} takes the fields {', '.join(known) or 'none'}, not {sorted(fields)}"
        ) from mismatch
    try:
        arriving = msgspec.json.decode(msgspec.json.encode(given), type=structure)
    except (msgspec.ValidationError, TypeError, ValueError, RecursionError) as mismatch:
        raise TypeError(f"{cls.__name__} cannot carry {fields!r}: {mismatch}") from mismatch
    if arriving != given:
        raise TypeError(f"{cls.__name__} cannot carry {fields!r}: it would arrive as {arriving!r}")
    return arriving
