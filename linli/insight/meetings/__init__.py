"""例会: what the weekly meeting decided, and what became of it (Q2)."""
