"""Rules of reviews."""

from collections.abc import Mapping

from domain_services.reviews.contract import RatingSummary
from domain_services.vocabulary import Sku


def rating(sku: Sku, count_by_stars: Mapping[int, int]) -> RatingSummary:
    """Return the rating of a product's stars; no reviews make an average of 0."""
    one, two, three, four, five = (count_by_stars.get(stars, 0) for stars in range(1, 6))
    count = one + two + three + four + five
    stars_sum = one + 2 * two + 3 * three + 4 * four + 5 * five
    average = round(stars_sum / count, 2) if count else 0.0
    return RatingSummary(sku, count, average, (one, two, three, four, five))
