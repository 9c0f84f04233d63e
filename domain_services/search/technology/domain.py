"""
How technology is found: by what it measures, and by model words however they are written.

"16gb", "16 GB" and "16-gb" are one quantity, and so are "1 TB" and "1000 GB". A 13.3 inch screen is
found as 13.3 and as 13 inch. "USB-C", "usb c" and "usbc" are one model word.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from domain_services.search.index import Query
from domain_services.search.words import folded, unique, weigh, words
from domain_services.seed_data.records import Product

_UNITS: Mapping[str, tuple[str, int]] = {
    '"': ("inch", 1),
    "cm": ("mm", 10),
    "dpi": ("dpi", 1),
    "g": ("g", 1),
    "gb": ("gb", 1),
    "ghz": ("ghz", 1),
    "gigabyte": ("gb", 1),
    "gram": ("g", 1),
    "h": ("hour", 1),
    "hour": ("hour", 1),
    "hz": ("hz", 1),
    "inch": ("inch", 1),
    "inches": ("inch", 1),
    "kg": ("g", 1000),
    "l": ("l", 1),
    "litre": ("l", 1),
    "mah": ("mah", 1),
    "mb/s": ("mbs", 1),
    "megapixel": ("mp", 1),
    "mm": ("mm", 1),
    "mp": ("mp", 1),
    "tb": ("gb", 1000),
    "terabyte": ("gb", 1000),
    "w": ("w", 1),
    "watt": ("w", 1),
}
_QUANTITY = re.compile(
    r"(?<![a-z0-9.,])(?P<number>\d+(?:[.,]\d+)*)[ -]?(?P<unit>"
    + "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
    + r")s?(?![a-z0-9])"
)
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
_APERTURE = re.compile(r"\bf/?(\d+(?:\.\d+)?)\b")
_COMPOUND = re.compile(r"\b[a-z0-9]+(?:-[a-z0-9]+)+\b")
_FRAGMENT_MAX = 2

_SAME: Mapping[str, str] = {
    "cellphone": "phone",
    "display": "monitor",
    "handset": "phone",
    "loudspeaker": "speaker",
    "mobile": "phone",
    "notebook": "laptop",
    "screen": "monitor",
    "ssd": "drive",
    "wireles": "bluetooth",
    "wireless": "bluetooth",
}


class TechnologyUnderstanding:
    """Knows quantities, units and model words."""

    def terms(self, product: Product, brand: str) -> dict[str, int]:
        """Weigh quantities and words of the title most, then other attributes."""
        weights: dict[str, int] = {}
        weigh(weights, _terms(product.description), 200)
        weigh(weights, _terms(product.category_id), 600)
        weigh(weights, _terms(brand), 850)
        for attribute in product.attributes:
            weigh(weights, _terms(attribute.name), 350)
            weigh(weights, _terms(attribute.value), 800)
            weigh(weights, _looser_quantities(attribute.value), 700)
        weigh(weights, _terms(product.title), 950)
        weigh(weights, _looser_quantities(product.title), 700)
        return weights

    def query(self, text: str) -> Query:
        """Ask for the quantities and the words."""
        return Query(_asked(text))

    def phrases(self, product: Product, brand: str) -> Iterator[str]:
        """Suggest kinds of device: alone, of a brand, and with what they measure."""
        yield product.title
        kind = next((each.value for each in product.attributes if each.name == "Type"), "")
        if kind:
            yield kind
            yield f"{brand} {kind.lower()}"
            for attribute in product.attributes:
                if _QUANTITY.fullmatch(folded(attribute.value)):
                    yield f"{kind} {attribute.value}"


def _terms(text: str) -> tuple[str, ...]:
    """Return all terms of a text that describes: a model word joined, and in its parts."""
    rest, found = _quantities(folded(text))
    joined = [word.replace("-", "") for word in _COMPOUND.findall(rest)]
    return unique((*found, *joined, *_words(rest)))


def _asked(text: str) -> tuple[str, ...]:
    """Return the terms of a query: a model word either joined or in its parts, as it is indexed."""
    rest, found = _quantities(folded(text))
    return unique((*found, *_words(_COMPOUND.sub(_joined, rest))))


def _joined(compound: re.Match[str]) -> str:
    parts = compound[0].split("-")
    is_model = any(len(part) <= _FRAGMENT_MAX or part.isdigit() for part in parts)
    return ("" if is_model else " ").join(parts)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_SAME.get(word, word) for word in words(text)) if text.strip() else ()


def _quantities(text: str) -> tuple[str, list[str]]:
    """Return *text* without its quantities, and these in one spelling each."""
    found: list[str] = [f"f{number}" for number in _APERTURE.findall(text)]
    text = _APERTURE.sub(" ", text)
    for quantity in _QUANTITY.finditer(text):
        name, factor = _UNITS[quantity["unit"]]
        found.append(f"{_plain(_number(quantity['number']) * factor)}{name}")
    return _QUANTITY.sub(" ", text), found


def _looser_quantities(text: str) -> Iterator[str]:
    """Yield 13inch for a screen of 13.3 inch, and bare numbers."""
    for quantity in _QUANTITY.finditer(folded(text)):
        number = _number(quantity["number"])
        yield _plain(number)
        if _UNITS[quantity["unit"]][0] == "inch":
            yield f"{int(number)}inch"


def _number(text: str) -> Decimal:
    head, *decimals = _THOUSANDS.sub("", text).replace(",", ".").split(".")
    return Decimal(f"{head}.{''.join(decimals) or 0}")


def _plain(number: Decimal) -> str:
    return f"{number:f}".rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"
