"""The envelope that bundles travel in, gaps in their numbers, and a peer's fields made ours. Pure."""
