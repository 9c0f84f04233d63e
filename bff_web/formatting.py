"""How the web shop writes amounts, days, stars, counts and addresses. Pure, and in English."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote, urlencode

from domain_services.vocabulary import CategoryId, Money
from sub_orchestrators.storefront.contract import ListingView, Sort

Star = Literal["full", "half", "empty"]

SYMBOLS = MappingProxyType({"EUR": "€", "USD": "$", "GBP": "£"})

SORT_TITLES: Mapping[Sort, str] = MappingProxyType(
    {
        "featured": "Featured",
        "newest": "Newest",
        "price_asc": "Price, low to high",
        "price_desc": "Price, high to low",
        "title": "Name",
    }
)

NOTICES = MappingProxyType(
    {
        "availability": "Availability is being checked",
        "card": "Some names are missing right now",
        "cart": "Your cart is not available right now",
        "categories": "Some of our departments are missing right now",
        "offer": "Prices are being checked",
        "rating": "Ratings are not available right now",
        "reviews": "Reviews are not available right now",
        "sale": "Whether everything here may still be sold is being checked",
        "similar": "Similar products are not available right now",
    }
)


def money(amount: Money) -> str:
    """Write an amount with its symbol in front: €1,234.50."""
    sign = "\N{MINUS SIGN}" if amount.amount_minor < 0 else ""
    major, minor = divmod(abs(amount.amount_minor), 100)
    return f"{sign}{SYMBOLS[amount.currency]}{major:,}.{minor:02d}"


def day(moment: date) -> str:
    """Write a day in full, as no two countries agree on the order of digits: 4 November 2025."""
    return f"{moment.day} {moment:%B %Y}"


def stars(average: float) -> tuple[Star, Star, Star, Star, Star]:
    """Round an average from 1 to 5 to half stars."""
    halves = round(average * 2)

    def star(place: int) -> Star:
        return "full" if halves >= 2 * place else "half" if halves == 2 * place - 1 else "empty"

    return star(1), star(2), star(3), star(4), star(5)


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Write a count with its noun: 1 review, 1,204 reviews."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def between(least: int, most: int) -> str:
    """Write a range with an en dash, or one number if there is no choice."""
    return str(least) if least == most else f"{least}\N{EN DASH}{most}"


def titled(name: str) -> str:
    """Write the name of a facet or of one of its values for people: solid_oak, Solid oak."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def sort_title(sort: Sort) -> str:
    """Name an order of a list."""
    return SORT_TITLES[sort]


def notice(part: str) -> str:
    """
    Say in words a customer understands that a part of the page was left out.

    A part is named by where it is missing: "cards.offer". The last word that the shop has words
    for counts; "search.media" means that Media did not answer.
    """
    names = part.split(".")
    if names[-2:-1] == ["search"]:
        return f"Results from {titled(names[-1])} are missing right now"
    known = (NOTICES[name] for name in reversed(names) if name in NOTICES)
    return next(known, "A part of this page is missing right now")


def listing_url(view: ListingView, page: int = 1, sort: Sort | None = None) -> str:
    """Lead to another page, or another order, of the same choice."""
    return _listing_url(view.category.category_id, _chosen(view), sort or view.sort, page)


def facet_url(view: ListingView, name: str, value: str) -> str:
    """Lead to the first page of the list with a value chosen, or no longer chosen."""
    toggled = f"{name}:{value}"
    chosen = _chosen(view)
    filters = tuple(each for each in chosen if each != toggled)
    if filters == chosen:
        filters = (*chosen, toggled)
    return _listing_url(view.category.category_id, filters, view.sort, 1)


def unfiltered_url(view: ListingView) -> str:
    """Lead to the first page of the list with nothing chosen."""
    return _listing_url(view.category.category_id, (), view.sort, 1)


def pages_around(page: int, pages: int) -> tuple[int | None, ...]:
    """Number the pages worth a link: the ends and the neighbours. None is a gap."""
    shown = sorted({1, page - 1, page, page + 1, pages} & set(range(1, pages + 1)))
    numbered: list[int | None] = []
    for before, number in zip((0, *shown), shown, strict=False):
        if number - before > 1:
            numbered.append(None)
        numbered.append(number)
    return tuple(numbered)


def _chosen(view: ListingView) -> tuple[str, ...]:
    return tuple(
        f"{facet.name}:{value.value}"
        for facet in view.facets
        for value in facet.values
        if value.chosen
    )


def _listing_url(category_id: CategoryId, filters: tuple[str, ...], sort: Sort, page: int) -> str:
    query = [("filter", each) for each in filters]
    if sort != "featured":
        query.append(("sort", sort))
    if page > 1:
        query.append(("page", str(page)))
    path = f"/categories/{quote(category_id, safe='')}"
    return f"{path}?{urlencode(query)}" if query else path


FILTERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "between": between,
        "counted": counted,
        "day": day,
        "facet_url": facet_url,
        "listing_url": listing_url,
        "money": money,
        "notice": notice,
        "pages_around": pages_around,
        "sort_title": sort_title,
        "stars": stars,
        "titled": titled,
        "unfiltered_url": unfiltered_url,
    }
)
"""Every function above under its own name, for the templates."""
