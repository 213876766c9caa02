"""The lawyer in residence: when he is at which room, and who has booked him (W4)."""
