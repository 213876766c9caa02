"""People in a matter and their part in it."""
