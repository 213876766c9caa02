"""Reading the house for a backup."""
