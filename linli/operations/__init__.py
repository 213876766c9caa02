"""Live operations: units, orders and their clock, recommendation, the ladder."""
