"""Matters on the map: a columnar copy in memory for tiles of a million points, and the layers made of it."""
