"""A dispute under mediation: its colour, procedure, who may read it, and how it ends."""
