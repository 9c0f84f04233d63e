"""The page of the stub store by hand: what its response looks like, and where its services are."""

import os

from pydantic import BaseModel

from benchmarks.peers.stub_services import Availability, Offer, Product, Reviews

SERVICES = os.environ.get("SERVICES", "")
TIMEOUT_S = 10.0
CONNECTIONS_MAX = 400
"""Enough for all calls at once: a pool that is too small would measure waiting."""


class ProductPage(BaseModel):
    """A product with everything that belongs to it."""

    product: Product
    offer: Offer
    availability: Availability
    reviews: Reviews
