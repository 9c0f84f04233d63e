"""
A search child: finds things for the home by material, colour and purpose, in any words.

Owns an index of its group. Called by browsing through its SPI, ProductSearch, beside its siblings.
"""

from maestri.topology import Component

COMPONENT = Component(level=0, cell="browsing")
