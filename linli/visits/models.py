"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.visits.cards.models import CardBatch, CardDesign, CardDoor, GridPage, PublicFace
from linli.visits.care.models import CarePlan, Carer, CareVisit, Promise
from linli.visits.checklists.models import Checklist
from linli.visits.inspections.models import Finding, Inspection
from linli.visits.plans.models import Campaign, Due, Stop, Week
from linli.visits.reasons.models import ReasonVersion
from linli.visits.records.models import Visit, VisitChoice, VisitFile, VisitMatter, VisitOccupant, VisitVersion

__all__ = [
    "Campaign",
    "CardBatch",
    "CardDesign",
    "CardDoor",
    "CarePlan",
    "CareVisit",
    "Carer",
    "Checklist",
    "Due",
    "Finding",
    "GridPage",
    "Inspection",
    "Promise",
    "PublicFace",
    "ReasonVersion",
    "Stop",
    "Visit",
    "VisitChoice",
    "VisitFile",
    "VisitMatter",
    "VisitOccupant",
    "VisitVersion",
    "Week",
]
