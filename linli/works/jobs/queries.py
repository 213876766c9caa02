"""What the worker and the health page ask."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from linli.works.jobs.models import Job


def next_due_at(at: datetime) -> datetime | None:
    """When the next waiting job of the empty lane falls due, or None. What another worker holds at ``at`` is not waited
    for.
    """
    free = Job.objects.filter(state=Job.WAITING, lane="").filter(Q(lease_until__isnull=True) | Q(lease_until__lt=at))
    return free.order_by("due_at").values_list("due_at", flat=True).first()


def due_lanes(at: datetime) -> list[str]:
    """The lanes that have a job to do now: due, waiting, and leased to nobody."""
    free = Job.objects.filter(state=Job.WAITING, lane__gt="", due_at__lte=at)
    return list(
        free.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=at)).values_list("lane", flat=True).distinct()
    )


def failed_count() -> int:
    """Jobs that were tried to the end and failed: somebody must look."""
    return Job.objects.filter(state=Job.FAILED).count()


def failed_jobs(limit: int = 200) -> list[Job]:
    """Those that were tried to the end and failed, the latest first."""
    return list(Job.objects.filter(state=Job.FAILED).order_by("-due_at")[:limit])


def jobs_by_id(keys: list[UUID]) -> list[Job]:
    """The jobs with these keys that are there."""
    return list(Job.objects.filter(pk__in=keys).order_by("due_at"))


def overdue_count(at: datetime) -> int:
    """Jobs that should have been done a minute ago and still wait: nobody works, or too few."""
    return Job.objects.filter(state=Job.WAITING, due_at__lt=at - timedelta(minutes=1)).count()
