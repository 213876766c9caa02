"""Chat groups of villages and communities that a robot of theirs lets us write to."""
