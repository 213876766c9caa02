"""The lists that a bureau names for itself, with their map (四单一图, F9)."""
