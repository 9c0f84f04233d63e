"""
What the store knows on its first day: products, prices, reviews, stock and pictures.

It is the same on every machine. Services of level 0 copy their part into their own empty
databases, and never ask again. Nothing is made at import.
"""

from domain_services.seed_data.assortment import brands, categories, products
from domain_services.seed_data.pictures import picture
from domain_services.seed_data.records import (
    Attribute,
    Brand,
    Category,
    Price,
    Product,
    Review,
    StockLevel,
    Warehouse,
)
from domain_services.seed_data.reviews import reviews
from domain_services.seed_data.trade import prices, stock, warehouses

__all__ = [
    "Attribute",
    "Brand",
    "Category",
    "Price",
    "Product",
    "Review",
    "StockLevel",
    "Warehouse",
    "brands",
    "categories",
    "picture",
    "prices",
    "products",
    "reviews",
    "stock",
    "warehouses",
]
