"""One ledger for all that must be dealt with: one number, one timeline, one clock, whatever the kind."""
