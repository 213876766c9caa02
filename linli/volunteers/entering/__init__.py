"""A volunteer's own way in: a code card under a number, never under his name (F2, P14; ADR 0219)."""
