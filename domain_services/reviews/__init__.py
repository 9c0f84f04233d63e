"""
A domain service: knows what customers wrote about products.

Owns reviews and their ratings. Called by browsing, the gateway of its cell.
"""

from maestri.topology import Component

COMPONENT = Component(level=0, cell="browsing")
