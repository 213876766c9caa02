"""Agreements: what was agreed, who signed, when it took effect, whether it was kept."""
