"""Doors to go to on the map: those due for a visit, those that have no contact card yet."""
