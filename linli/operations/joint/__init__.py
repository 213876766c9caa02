"""Several calls and too few units: the best joint assignment, ordered together."""
