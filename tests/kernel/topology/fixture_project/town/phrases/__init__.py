"""A domain service: knows phrases."""

from maestri.topology import Component

COMPONENT = Component(level=0, cell="greetings")
