"""Sessions of mediation: when and where, what was written down, and private notes."""
