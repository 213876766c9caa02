"""Figures, each declared once: what it counts, what it leaves apart, where it comes from."""
