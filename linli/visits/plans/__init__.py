"""Doors that are to be visited, campaigns, and the week that follows from both (P5, Q9)."""
