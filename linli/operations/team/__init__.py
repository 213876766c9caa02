"""A room's own team, sent with one tap."""
