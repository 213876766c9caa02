"""Who looked at a person's record, and for what purpose."""
