"""Reading what was done."""

from __future__ import annotations

from django.db.models import QuerySet

from linli.kernel.scope import Actor
from linli.trail.entries.models import Entry


def history(actor: Actor, *, subject_type: str, subject_ids: list[str]) -> QuerySet[Entry]:
    """The deeds about these rows, oldest first. The caller has already found the rows by ``visible_to``."""
    return Entry.objects.filter(subject_type=subject_type, subject_id__in=subject_ids).order_by("at", "id")
