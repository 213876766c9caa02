"""Premises and devices from tables: which agency answers for a place is known here, one floor above places."""
