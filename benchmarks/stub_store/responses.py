"""What the stub services return, in our rows and in the hand-written ones, beside the sku."""

from typing import Any

PRODUCT: dict[str, Any] = {
    "title": "Vesper Over-Ear Headphones",
    "description": "Closed headphones with soft cushions, thirty hours of music and a folding "
    "frame. The cable can be taken off and is easily replaced.",
    "brand": "Vesper",
    "category": "Headphones",
}
OFFER: dict[str, Any] = {"amount_minor": 18900, "list_minor": 21900, "currency": "EUR"}
AVAILABILITY: dict[str, Any] = {"left": 17, "level": "in_stock", "days_min": 1, "days_max": 3}
LATEST: tuple[dict[str, Any], ...] = (
    {"author": "Ines", "stars": 5, "text": "Light, warm sound, and they stay where they are."},
    {"author": "Tobias", "stars": 4, "text": "Good for a long train ride; the case is bulky."},
    {"author": "Noor", "stars": 5, "text": "My third pair of this brand, the best so far."},
)
REVIEWS: dict[str, Any] = {"count": 128, "average": 4.4}


def page(sku: str) -> dict[str, Any]:
    """Return the page that every contender has to return for *sku*."""
    return {
        "product": {"sku": sku, **PRODUCT},
        "offer": {"sku": sku, **OFFER},
        "availability": {"sku": sku, **AVAILABILITY},
        "reviews": {"sku": sku, **REVIEWS, "latest": list(LATEST)},
    }
