"""One card for each volunteer: kind, room, consent, free time. Counted by grid on the map, never shown as a point."""
