"""Filters of the ledger with a name, for oneself or for an agency; and the columns each person wants to see."""
