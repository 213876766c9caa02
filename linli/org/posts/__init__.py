"""Who holds what function, since when."""
