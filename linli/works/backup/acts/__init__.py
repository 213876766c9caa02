"""Putting a backup back. It is no act of the trail: the trail itself comes back with it."""
