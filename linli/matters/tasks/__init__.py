"""Tasks down the line: to everybody meant at once, with receipts, checks, an end, and a gate before them (F2, A1)."""
