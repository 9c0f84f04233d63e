"""
A search child: finds books, music, films and games by their titles and by who made them.

Owns an index of its group. Called by browsing through its SPI, ProductSearch, beside its siblings.
"""

from maestri.topology import Component

COMPONENT = Component(level=0, cell="browsing")
