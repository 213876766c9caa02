"""Disputes on the map: by grid and colour, never by household."""
