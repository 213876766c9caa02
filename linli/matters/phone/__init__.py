"""What a phone takes along of the ledger, and what it is asked for to open and to move an entry."""
