"""Inspecting premises, checking again, signing."""

from __future__ import annotations

from linli.visits.inspections.acts.recording import (
    attach_to_inspection,
    countersign_inspection,
    recheck,
    record_inspection,
    send_inspection_back,
)

__all__ = [
    "attach_to_inspection",
    "countersign_inspection",
    "recheck",
    "record_inspection",
    "send_inspection_back",
]
