"""Levels 1 and 2: orchestrators, each the only way into what it composes; none has a database."""
