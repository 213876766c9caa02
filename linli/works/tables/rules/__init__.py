"""Cells, maps and plans: pure."""
