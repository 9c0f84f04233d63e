"""
A domain service: knows every product, its category and its maker.

Owns products, attributes, categories, brands and pictures. Called by browsing, the gateway of its
cell.
"""

from maestri.topology import Component

COMPONENT = Component(level=0, cell="browsing")
