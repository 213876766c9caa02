"""Who lives where: people, residences, reports that wait, duplicates."""

from __future__ import annotations

from linli.places.occupants.models.duplicate import Duplicate
from linli.places.occupants.models.occupant import Occupant, Residence
from linli.places.occupants.models.report import REPORT_LIFE, Report

__all__ = ["REPORT_LIFE", "Duplicate", "Occupant", "Report", "Residence"]
