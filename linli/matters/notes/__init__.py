"""What was written down along the way."""
