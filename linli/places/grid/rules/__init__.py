"""What makes a polygon a grid, when two share land, and how grids are drawn, divided and joined. Pure."""
