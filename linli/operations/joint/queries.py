"""The best joint assignment for calls that wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from linli.matters.ledger.models import Matter
from linli.operations.dispatch.queries import LIVE, incident_of, limits_of
from linli.operations.dispatch.rules import JointPlan, assign_jointly
from linli.places.roads.queries import active_roads


def plan_jointly(matters: list[Matter], at: datetime) -> JointPlan | None:
    """Who goes where, with reasons; None while no road network is loaded."""
    roads = active_roads()
    if roads is None or not matters:
        return None
    # By its number a call is named to people: "its best unit goes to …".
    incidents = [replace(incident_of(matter), id=matter.number) for matter in matters]
    return assign_jointly(incidents, LIVE.now(roads), roads, limits_of(matters[0]), at)
