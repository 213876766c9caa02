"""The organisation tree: bureau, stations, rooms and partners."""
