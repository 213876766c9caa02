"""What is reported as one kind and turns out to be another."""
