"""Phones: registered for one person, wiped from the office, expiring."""
