"""The minutes that are promised and the steps of the ladder, by category and zone."""
