"""Opening, redrawing, dividing, joining and closing grids, one by one and from tables."""

from __future__ import annotations

from linli.places.grid.acts.boundaries import GridsRedrawn, close_grid, open_grid, redraw_grid
from linli.places.grid.acts.regrouping import merge_grids, split_grid
from linli.places.grid.acts.tables import GridImporter
from linli.places.grid.acts.withdrawing import GridsRestored, withdraw_change

__all__ = [
    "GridImporter",
    "GridsRedrawn",
    "GridsRestored",
    "close_grid",
    "merge_grids",
    "open_grid",
    "redraw_grid",
    "split_grid",
    "withdraw_change",
]
