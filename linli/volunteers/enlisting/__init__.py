"""Volunteers from tables: only who has agreed, with the day of it."""
