"""One file that holds the house as it was at one moment, and the way back from it."""
