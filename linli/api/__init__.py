"""The door of machines and of our own pages' scripts: JSON under ``/api/v1``, the live feed, health. It reads input,
names the actor, calls acts.
"""
