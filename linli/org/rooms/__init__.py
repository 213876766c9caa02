"""What a room has: hours, services, equipment, its telephone."""
