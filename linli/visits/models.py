"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.visits.cards.models import CardBatch, CardDesign, CardDoor, GridPage, PublicFace
from linli.visits.care.models import Carer, CarePlan, CareVisit, Promise

__all__ = ["CardBatch", "CardDesign", "CardDoor", "CarePlan", "CareVisit", "Carer", "GridPage", "Promise", "PublicFace"]
