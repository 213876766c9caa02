"""Residents who ask to become safety watchers: they wait for the room's call before anything is registered (P14)."""
