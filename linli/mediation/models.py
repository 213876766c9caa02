"""The tables of this floor, for Django."""

from __future__ import annotations

from linli.mediation.agreements.models import Agreement, FollowUp, Instalment, Signature
from linli.mediation.cases.models import CaseMember, ColourDecision, MediationCase
from linli.mediation.courts.models import CourtCase
from linli.mediation.hours.models import LawyerBooking, LawyerHours
from linli.mediation.panel.models import Expert
from linli.mediation.papers.models import CasePaper
from linli.mediation.parties.models import Disputant
from linli.mediation.schemes.models import ColourScheme
from linli.mediation.sessions.models import MediationSession, PrivateNote, SessionRecord
from linli.mediation.templates.models import PaperTemplate

__all__ = [
    "Agreement",
    "CaseMember",
    "CasePaper",
    "ColourDecision",
    "ColourScheme",
    "CourtCase",
    "Disputant",
    "Expert",
    "FollowUp",
    "Instalment",
    "LawyerBooking",
    "LawyerHours",
    "MediationCase",
    "MediationSession",
    "PaperTemplate",
    "PrivateNote",
    "SessionRecord",
    "Signature",
]
