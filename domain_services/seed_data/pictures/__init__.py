"""Pictures of the products, drawn when asked for: a thing of the product's kind in a room."""

from domain_services.seed_data.pictures.catalogue import picture

__all__ = ["picture"]
