"""The wall of the duty hall: what everybody may see who walks past."""
