"""
Search children: siblings that implement browsing's SPI, each for one group of categories.

Polymorphic: browsing neither knows nor cares which children there are; a topology may bind others.
"""
