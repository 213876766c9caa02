"""Where things are: divisions, grids, addresses, roads, premises, devices, the map."""
