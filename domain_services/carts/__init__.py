"""
A domain service: knows what visitors mean to buy.

Owns carts. Called by shopping, the gateway of its cell.
"""

from maestri.topology import Component

COMPONENT = Component(level=0, cell="shopping")
