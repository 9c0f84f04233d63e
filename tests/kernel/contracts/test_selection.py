"""A selection means the same to both sides, and never more than either has."""

from collections.abc import Mapping
from typing import Annotated, Any, Generic, TypeVar

import msgspec
import pytest

from maestri.contracts import (
    Codec,
    Failed,
    LeftOut,
    Message,
    Outcome,
    Selection,
    Succeeded,
    left_out_field,
    merged,
    narrowed,
    normalized,
    parse_selection,
    project,
    projection,
    received_selection,
    selection_of,
    sent_selection,
)
from maestri.contracts.selection import CHARACTERS_MAX, DEPTH_MAX
from maestri.contracts.wire import NARROWINGS_MAX
from maestri.errors import InvalidRequest
from tests.kernel.contracts.contract import Maker, Part, Parts, Sku, UnknownPart

T = TypeVar("T")


class Renamed(Message, rename="camel", tag="renamed", kw_only=True):
    """A message whose fields have other names on the wire."""

    left_out: LeftOut = ()
    full_name: str
    at_most: Annotated[int, msgspec.Meta(le=9)] = 1
    odd: str = msgspec.field(name="the-odd", default="x")
    tags: tuple[str, ...] = msgspec.field(default_factory=tuple)
    maybe: int | msgspec.UnsetType = msgspec.UNSET


class Other(Message, tag="other"):
    """Another kind of message."""

    name: str


class Tree(Message):
    """A message within itself."""

    name: str
    below: "tuple[Tree, ...]" = ()
    left: "Tree | None" = None


class Listed(Message, array_like=True):
    """A message without names on the wire."""

    a: int
    b: int


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A generic message."""

    items: tuple[T, ...]
    total: int = 0


class Holder(Message):
    """A message with a branch of every kind."""

    one: Renamed | None = None
    many: Annotated[tuple[Renamed, ...], msgspec.Meta(max_length=3)] = ()
    by_name: Mapping[str, Renamed] = {}
    page: Page[Maker] | None = None
    several: Renamed | Other | None = None
    set_of: frozenset[Maker] = frozenset()
    pair: tuple[Maker, Maker] | None = None
    listed: Listed | None = None
    text: str = ""


def deep(levels: int) -> Selection:
    """Return a selection of ``left`` within ``left``."""
    selection = Selection.of({"left": None})
    for _ in range(levels - 1):
        selection = Selection.of({"left": selection})
    return selection


@pytest.mark.parametrize(
    ("given", "kind", "meant"),
    [
        ("title,nobody", Part, "title"),
        ("nobody", Part, "None"),
        ("sku(x),title(y(z))", Part, "sku,title"),
        ("name,country", Maker, "None"),
        ("maker(name,country),sku", Part, "maker,sku"),
        ("maker(nobody),sku", Part, "maker(),sku"),
        ("name", tuple[Maker, ...], "name"),
        ("name", Mapping[str, Outcome[Maker]], "name"),
        ("name", Maker | None, "name"),
        ("name", str, "None"),
        ("name", Other | Renamed, "None"),
        ("several(name),set_of(name),pair(name),listed(a)", Holder, "listed,pair,set_of,several"),
        ("page(items(name))", Holder, "page(items(name))"),
        ("left(left(name))", Tree, "left(left(name))"),
    ],
)
def test_a_selection_is_what_it_means_for_a_type(given: str, kind: Any, meant: str) -> None:
    """Unknown names are dropped; all of it, and what has no fields to choose from, is None."""
    assert meant == str(normalized(parse_selection(given), kind))


def wide(form: str, count: int) -> tuple[Any, Selection, Selection]:
    """Return a message of parts, the names of most of them, and of one field of each."""
    names = [form.format(n) for n in range(count)]
    kind = msgspec.defstruct("Wide", [(name, Part) for name in [*names, "more"]], frozen=True)
    part = Selection.of({"sku": None})
    return kind, Selection.of(dict.fromkeys(names)), Selection.of(dict.fromkeys(names, part))


def test_a_selection_of_ours_is_never_refused() -> None:
    """What is deeper or longer than a callee accepts is widened until it fits, at last to all."""
    count = (CHARACTERS_MAX + 1) // len("field_000(sku),")
    assert deep(DEPTH_MAX) == normalized(deep(12), Tree)

    kind, _, fits = wide("field_{:03}", count)
    assert CHARACTERS_MAX - len(",field_000(sku)") < len(str(fits)) <= CHARACTERS_MAX
    assert fits == normalized(fits, kind)
    kind, shallow, long = wide("field_{:03}", count + 1)
    assert shallow == normalized(long, kind)
    kind, _, long = wide("a_field_with_a_longer_name_{:03}", count)
    assert None is normalized(long, kind)
    assert None is normalized(Selection.of({"x" * 5_000: None}), Part)


def test_a_recursive_message_is_selected_as_a_whole_where_it_recurs() -> None:
    """The selection of all fields ends, and so does what is made of it."""
    assert "below,left,name" == str(selection_of(Tree))
    assert "below" in str(selection_of(Page[Tree]))
    tree = Tree("a", (Tree("b"),), Tree("c", (), Tree("d")))

    assert "d" == project(tree, Tree, deep(2)).left.left.name
    assert tree.left == project(tree, Tree, deep(1)).left


def test_a_selection_travels_by_the_names_of_the_wire() -> None:
    """Names of Python may differ on both sides; names that cannot be written widen their level."""
    selection = parse_selection("one(full_name,at_most),text")
    sent = sent_selection(selection, Holder)

    assert "one(atMost,fullName),text" == str(sent)
    assert selection == received_selection(str(sent), Holder)
    assert "one" == str(sent_selection(parse_selection("one(odd)"), Holder))
    with pytest.raises(InvalidRequest):
        received_selection("one(", Holder)


@pytest.mark.parametrize(
    "text",
    ["1a", "a-b", "²", "größe", "a(b)c", "a(", "a)", "()", "a,,b", "a,", ",a", "a((b))", "a b"],
)
def test_what_is_no_field_name_is_refused(text: str) -> None:
    """Names are identifiers of ASCII, as headers carry them."""
    with pytest.raises(InvalidRequest):
        parse_selection(text)


def test_names_given_twice_ask_for_both() -> None:
    """The second does not take back what the first asked for."""
    assert parse_selection("a(b,c)") == parse_selection("a(b),a(c)")
    assert parse_selection("a") == parse_selection("a,a(b)")
    assert parse_selection("a()") == Selection((("a", Selection(())),))
    assert parse_selection("a(b)") == merged(parse_selection("a()"), parse_selection("a(b)"))


def test_a_narrowed_type_keeps_what_is_declared() -> None:
    """Order, names on the wire, defaults, tags, constraints and markers are as they were."""
    kind = narrowed(Renamed, parse_selection("odd,full_name,at_most,tags,left_out,maybe"))
    fields = {field.name: field for field in msgspec.structs.fields(kind)}

    assert ("left_out", "full_name", "at_most", "odd", "tags", "maybe") == kind.__struct_fields__
    assert {"full_name": "fullName", "odd": "the-odd"}.items() <= {
        name: field.encode_name for name, field in fields.items()
    }.items()
    assert ("left_out", "renamed") == (left_out_field(kind), kind.__struct_config__.tag)
    assert kind(full_name="a") == msgspec.json.decode(
        b'{"type": "renamed", "fullName": "a", "more": 1}', type=kind
    )
    sent = b'{"type":"renamed","leftOut":[],"fullName":"a","atMost":1,"the-odd":"x","tags":[]}'
    assert sent == msgspec.json.encode(kind(full_name="a"))
    for wrong in (b'{"type": "renamed"}', b'{"type": "renamed", "fullName": "a", "atMost": 10}'):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(wrong, type=kind)


def test_a_narrowed_tuple_keeps_its_bounds() -> None:
    """A constraint around messages is no constraint of theirs."""
    kind = narrowed(Holder, parse_selection("many(full_name)"))
    one = b'{"type": "renamed", "fullName": "a"}'

    assert 3 == len(msgspec.json.decode(b'{"many": [%s]}' % b",".join([one] * 3), type=kind).many)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"many": [%s]}' % b",".join([one] * 4), type=kind)


WHOLE = Holder(
    one=Renamed(full_name="a"),
    many=(Renamed(full_name="b", odd="y"), Renamed(full_name="c")),
    by_name={"k": Renamed(full_name="d", maybe=3)},
    page=Page((Maker("m", "GB"),), 1),
    several=Other("e"),
    set_of=frozenset({Maker("n", "SE")}),
    pair=(Maker("o", "DE"), Maker("p", "FR")),
    listed=Listed(1, 2),
)


@pytest.mark.parametrize(
    "text",
    [
        "one(full_name,maybe)",
        "many(odd),by_name(maybe,odd)",
        "page(items(name)),text",
        "several(name),set_of(name),pair(name),listed(a)",
        "one,many,by_name",
        "one()",
        "page(total)",
    ],
)
def test_a_partial_value_is_what_would_arrive(text: str) -> None:
    """Projected, and decoded from the whole body, a value is the same."""
    selection = normalized(parse_selection(text), Holder)
    kind = narrowed(Holder, selection)
    partial = project(WHOLE, Holder, selection)

    assert partial == msgspec.json.decode(msgspec.json.encode(WHOLE), type=kind)
    assert partial == msgspec.json.decode(msgspec.json.encode(partial), type=kind)
    assert type(partial) is kind


class Grown(Message):
    """What has gained fields, so an older peer sends none of them."""

    maker: Maker = Maker("Ada", "GB")
    by_place: Mapping[str, Maker] = msgspec.field(default_factory=lambda: {"x": Maker("Bo", "DK")})


@pytest.mark.parametrize("text", ["maker(name)", "maker(country),by_place(name)", "by_place()"])
def test_a_default_is_narrowed_as_what_would_arrive(text: str) -> None:
    """What fills in a selected field has the selected fields alone."""
    selection = normalized(parse_selection(text), Grown)

    assert project(Grown(), Grown, selection) == narrowed(Grown, selection)()


def test_what_is_partial_already_passes_as_it_is() -> None:
    """A plan that worked out only what was asked for has its answer taken without another look."""
    selection = normalized(parse_selection("sku,maker(name)"), Part)
    project_part, project_batch = (
        projection(Part, selection),
        projection(Mapping[str, Outcome[Part]], selection),
    )
    partial = project_part(Part(Sku("a"), "Axle", Maker("Ada", "GB")))
    failed = Failed.of(UnknownPart(sku=Sku("b")))

    assert partial is project_part(partial)
    found = project_batch({"a": Succeeded(partial), "b": failed})
    assert (partial, failed) == (found["a"].value, found["b"])
    assert found["a"].value is partial


def test_what_is_compiled_for_selections_is_bounded() -> None:
    """The last ones stay; older ones are dropped, and compiled again when they are asked for."""
    codec = Codec(Parts.operations["listing"])
    first = Selection.of({"sku": None})
    compiled = codec.narrowing(first)

    for number in range(NARROWINGS_MAX - 1):
        codec.narrowing(Selection.of({"sku": None, f"unknown_{number}": None}))
    assert compiled is codec.narrowing(Selection.of({"sku": None}))
    codec.narrowing(Selection.of({"sku": None, "one_more": None}))

    assert compiled is not codec.narrowing(first)


@pytest.mark.parametrize("text", ["title", "maker(name)"])
def test_what_a_selection_makes_of_a_result_is_compiled_once(text: str) -> None:
    """Decoding a partial result compiles nothing, so it costs no more than decoding all of it."""
    codec = Codec(Parts.operations["part"])
    body = codec.body(Part(Sku("a"), "Axle", Maker("Ada", "GB")), parse_selection(text))

    one, other = (
        codec.result(body, Selection.of(dict(parse_selection(text).fields))) for _ in "ab"
    )

    assert type(one) is type(other)
    assert 1 == len(
        {id(codec.narrowing(Selection(parse_selection(text).fields)).decoder) for _ in "ab"}
    )
