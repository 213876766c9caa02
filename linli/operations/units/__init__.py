"""Live units: who can go, where they are, what they are doing."""
