"""Configuring ways out, and carrying a message over one of them."""
