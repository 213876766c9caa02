"""What others use for the same: measured beside us in the same run."""
