"""
How things for the home are found: by material, colour and purpose, in whatever word people use.

A thing of oak is also one of wood; sage and forest green are green; a couch is a sofa.
"""

from collections.abc import Iterable, Iterator, Mapping

from domain_services.search.index import Query
from domain_services.search.words import unique, weigh, words
from domain_services.seed_data.records import Product

_SAME: Mapping[str, str] = {
    "aluminum": "aluminium",
    "bike": "bicycle",
    "bookcase": "shelf",
    "carpet": "rug",
    "color": "colour",
    "couch": "sofa",
    "cushion": "pillow",
    "desk": "table",
    "flowerpot": "planter",
    "gray": "grey",
    "metallic": "metal",
    "rucksack": "backpack",
    "settee": "sofa",
    "sneaker": "shoe",
    "trainer": "shoe",
    "wooden": "wood",
}
"""Words for one thing: the one on the right is indexed, also for the one on the left."""

_KINDS: Mapping[str, str] = {
    "wood": "acacia ash bamboo beech birch cork eucalyptus larch maple oak pine teak walnut",
    "metal": "aluminium brass carbon copper iron steel titanium zinc",
    "fabric": "boucle canvas corduroy cotton felt linen silk velvet wool",
    "ceramic": "clay earthenware porcelain stoneware terracotta",
    "green": "forest moss olive sage",
    "blue": "indigo navy petrol sky",
    "red": "brick burgundy cherry coral terracotta",
    "orange": "coral terracotta",
    "yellow": "mustard ochre",
    "pink": "blush rose",
    "grey": "anthracite graphite silver slate",
    "white": "ivory cream natural",
    "beige": "ivory natural sand",
    "chair": "armchair stool",
    "light": "lamp",
    "seating": "armchair bench chair sofa stool",
    "cookware": "casserole pan pot wok",
    "outdoor": "garden sport",
    "shoe": "boot",
}
"""What a word on the right is also called, more broadly."""

_BROADER: Mapping[str, tuple[str, ...]] = {
    narrow: tuple(broad for broad, kinds in _KINDS.items() if narrow in kinds.split())
    for narrow in sorted({word for kinds in _KINDS.values() for word in kinds.split()})
}
_LOOKS = frozenset({"Colour", "Cover", "Finish", "Legs", "Material", "Metal", "Steel", "Wood"})
_BROADER_SHARE = 0.85


class LivingUnderstanding:
    """Knows materials, colours and the many words for one thing."""

    def terms(self, product: Product, brand: str) -> dict[str, int]:
        """Weigh what a thing is most, then what it is made of and looks like."""
        weights: dict[str, int] = {}
        weigh(weights, _terms(product.description), 200)
        weigh(weights, _terms(brand), 600)
        _weigh_broadly(weights, _terms(product.category_id), 550)
        for attribute in product.attributes:
            is_look = attribute.name in _LOOKS
            _weigh_broadly(weights, _terms(attribute.value), 900 if is_look else 500)
            if attribute.name == "Type":
                _weigh_broadly(weights, _terms(attribute.value), 950)
        _weigh_broadly(weights, _terms(product.title), 950)
        return weights

    def query(self, text: str) -> Query:
        """Ask for the words; a broader word finds everything that is narrower."""
        return Query(_terms(text))

    def phrases(self, product: Product, brand: str) -> Iterator[str]:
        """Suggest things, and things of a colour or a material: oak chairs."""
        yield product.title
        kind = next((each.value for each in product.attributes if each.name == "Type"), "")
        if kind:
            yield kind
            for attribute in product.attributes:
                if attribute.name in _LOOKS:
                    yield f"{attribute.value} {kind.lower()}"


def _terms(text: str) -> tuple[str, ...]:
    return unique(_SAME.get(word, word) for word in words(text))


def _weigh_broadly(weights: dict[str, int], terms: Iterable[str], weight: int) -> None:
    for term in terms:
        weigh(weights, [term], weight)
        weigh(weights, _BROADER.get(term, ()), int(weight * _BROADER_SHARE))
