"""Inspections of premises: what was found, what came of it, what is to be put right by when (W1)."""
