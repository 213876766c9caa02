"""The coverage of the promised minutes, now or as the rooms' hours have it at another time."""

from __future__ import annotations

from linli.operations.coverage.queries import layer
from linli.operations.coverage.queries.now import Coverage, GridShare, Restoring, coverage

__all__ = ["Coverage", "GridShare", "Restoring", "coverage", "layer"]
