"""Orders: recommended, given, signed, carried out, taken back; the clock of each."""
