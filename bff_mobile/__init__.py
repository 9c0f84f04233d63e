"""
The backend of the mobile apps (Backend for Frontend): one call per screen, and few fields.

Asks the levels below only for what a small screen shows, so that they call less in turn. Keeps
nothing: what an app holds between calls, a cursor or a cart token, is signed. Called by the apps.
"""

from maestri.topology import Component

COMPONENT = Component(level=3, cell="clients")
