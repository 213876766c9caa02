"""求救: an officer in danger calls, and somebody answers."""
