"""Who is on duty, who answers a room's telephone."""
