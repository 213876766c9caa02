"""Hours in the community, from sign-on and work records, never from a place; their owner's first (P5, Q11)."""
