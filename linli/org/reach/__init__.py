"""How people are reached: their addresses, their own order of channels, and whether it works."""
