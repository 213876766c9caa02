"""How far units reach in time, what share of roads and doors that is, and which move gains most: pure."""

from __future__ import annotations

from linli.operations.coverage.rules.ground import GridOf, Ground
from linli.operations.coverage.rules.reach import Start, reached, shares_of
from linli.operations.coverage.rules.restore import Base, Step, restoring

__all__ = ["Base", "GridOf", "Ground", "Start", "Step", "reached", "restoring", "shares_of"]
