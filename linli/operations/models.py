"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.operations.dispatch.models import Escalation, Order, Recommendation
from linli.operations.distress.models import Distress
from linli.operations.limits.models import Limit
from linli.operations.sorties.models import Sortie, SortieMember
from linli.operations.units.models import Position, Unit, UnitCrew

__all__ = [
    "Distress",
    "Escalation",
    "Limit",
    "Order",
    "Position",
    "Recommendation",
    "Sortie",
    "SortieMember",
    "Unit",
    "UnitCrew",
]
