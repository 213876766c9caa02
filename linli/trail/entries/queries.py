"""Reading what was done."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from linli.kernel.scope import Actor
from linli.trail.entries.models import Entry


def history(actor: Actor, *, subject_type: str, subject_ids: list[str]) -> QuerySet[Entry]:
    """The deeds about these rows, oldest first. The caller has already found the rows by ``visible_to``."""
    return Entry.objects.filter(subject_type=subject_type, subject_id__in=subject_ids).order_by("at", "id")


def histories(subjects: dict[str, list[str]]) -> QuerySet[Entry]:
    """The deeds about rows of several types at once, oldest first. The caller has already found the rows."""
    about = Q(pk__in=[])
    for subject_type, keys in subjects.items():
        if keys:
            about |= Q(subject_type=subject_type, subject_id__in=keys)
    return Entry.objects.filter(about).order_by("at", "id")


def newest_at() -> datetime | None:
    """When the newest entry was written, by its key or by its sealed position, whichever says later."""
    by_key = Entry.objects.order_by("-id").values_list("at", flat=True).first()
    sealed = Entry.objects.filter(position__isnull=False).order_by("-position").values_list("at", flat=True).first()
    return max((at for at in (by_key, sealed) if at is not None), default=None)
