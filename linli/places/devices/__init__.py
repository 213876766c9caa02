"""Front-end devices: a register and what they cover. No stream, no recognition (D10)."""
