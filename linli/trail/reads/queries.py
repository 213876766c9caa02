"""Who looked at what, and why."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from linli.kernel.scope import Actor
from linli.trail.reads.models import Read


def reads_of(
    actor: Actor,
    *,
    words: str = "",
    subject_type: str = "",
    subject_id: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Read]:
    """Looks that the actor may know of, the latest first: all of them for an auditor, his own for everybody else.

    ``words`` is searched in the name of who looked and in the purpose; ``since`` inclusive, ``until`` exclusive.
    """
    rows = Read.objects.visible_to(actor)
    if words:
        rows = rows.filter(Q(actor_name__icontains=words) | Q(purpose__icontains=words))
    if subject_type:
        rows = rows.filter(subject_type=subject_type)
    if subject_id:
        rows = rows.filter(subject_id=subject_id)
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lt=until)
    return rows.order_by("-at", "-id")


def subject_types(actor: Actor) -> list[str]:
    """What kinds of rows have been looked at."""
    return sorted(Read.objects.visible_to(actor).values_list("subject_type", flat=True).distinct())
