"""A domain service: implements the SPI of greetings, and has a database."""

from maestri.topology import Component

COMPONENT = Component(level=0, cell="greetings")
