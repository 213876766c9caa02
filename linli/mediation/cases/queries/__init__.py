"""One's own cases, one case, and what others may know of a dispute."""

from __future__ import annotations

from linli.mediation.cases.queries.faces import Face, attention, face_of, faces
from linli.mediation.cases.queries.own import CaseSeen, case_seen, cases_of, people_to_name
from linli.mediation.cases.queries.signs import near_disputes, signs_of

__all__ = [
    "CaseSeen",
    "Face",
    "attention",
    "case_seen",
    "cases_of",
    "face_of",
    "faces",
    "near_disputes",
    "people_to_name",
    "signs_of",
]
