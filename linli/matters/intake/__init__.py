"""History from other systems: past incidents and the category tree from tables."""
