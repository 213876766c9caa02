"""Matters as layers of the map."""

from __future__ import annotations

from linli.matters.map.queries import layers
from linli.matters.map.queries.held import HELD, Held

__all__ = ["HELD", "Held", "layers"]
