"""People and their posts from tables."""
