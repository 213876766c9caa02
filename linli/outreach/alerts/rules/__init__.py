"""What a warning may say and how it reads: as CAP 1.2, over a loudspeaker, on an LED line. Pure."""
