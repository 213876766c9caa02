"""Recording, correcting and signing visits."""

from __future__ import annotations

from linli.visits.records.acts.correcting import attach_at_stop, attach_to_visit, correct_visit
from linli.visits.records.acts.recording import record_stop, record_visit
from linli.visits.records.acts.signing import countersign_visit, send_visit_back

__all__ = [
    "attach_at_stop",
    "attach_to_visit",
    "correct_visit",
    "countersign_visit",
    "record_stop",
    "record_visit",
    "send_visit_back",
]
