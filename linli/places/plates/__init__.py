"""Door plates: opening addresses below others, and the codes by which residents report from their own door."""
