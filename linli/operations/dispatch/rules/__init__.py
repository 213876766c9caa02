"""The right unit: a pure function of call, units, roads and limits; so it can be replayed and asked "what if"."""

from __future__ import annotations

from linli.operations.dispatch.rules.fleet import Fleet
from linli.operations.dispatch.rules.given import Incident, Limits, UnitRow
from linli.operations.dispatch.rules.joint import Assigned, JointPlan, assign_jointly
from linli.operations.dispatch.rules.ranking import Recommendation, Suggestion, recommend
from linli.operations.dispatch.rules.reasons import Reason
from linli.operations.dispatch.rules.snapshot import recommend_again, snapshot_of

__all__ = [
    "Assigned",
    "Fleet",
    "Incident",
    "JointPlan",
    "Limits",
    "Reason",
    "Recommendation",
    "Suggestion",
    "UnitRow",
    "assign_jointly",
    "recommend",
    "recommend_again",
    "snapshot_of",
]
