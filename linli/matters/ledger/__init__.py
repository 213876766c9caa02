"""The matter itself, its clock and its filterable facts."""
