"""Telling many: warnings to residents, and the groups that they are told in."""
