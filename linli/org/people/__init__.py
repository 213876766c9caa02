"""People who work here and their accounts."""
