"""What a layer declares, where tiles lie, how points are held for them: pure."""

from __future__ import annotations

from linli.places.map.rules.layers import LAYERS, Choice, Feature, Filter, Layer, LayerQuery, Totals
from linli.places.map.rules.tiles import Mark, Tile

__all__ = ["LAYERS", "Choice", "Feature", "Filter", "Layer", "LayerQuery", "Mark", "Tile", "Totals"]
