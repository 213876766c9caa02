"""Units on the map."""
