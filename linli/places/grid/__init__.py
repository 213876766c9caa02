"""Grids: the cells of the police grid (警格) and of the social grid (网格), each kind without overlaps in itself."""
