"""The map: every layer declared once, its features for an actor, its vector tiles."""
