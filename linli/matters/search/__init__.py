"""Finding matters: one filter, one order, one cursor, for every list of the ledger."""
