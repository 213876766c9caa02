"""The layers of the map as OGC API Features (Part 1: core, GeoJSON), with the rights of the API."""
