"""What came of going there: one entry in half a minute, from which every other ledger is fed (P7, W1)."""
