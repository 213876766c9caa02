"""What was done, in an order that cannot be altered unseen, and who looked at whose record."""
