"""What the worker and the health page ask."""

from __future__ import annotations

from datetime import datetime

from linli.works.jobs.models import Job


def next_due_at() -> datetime | None:
    """When the next waiting job falls due, or None."""
    return Job.objects.filter(state=Job.WAITING).order_by("due_at").values_list("due_at", flat=True).first()


def failed_count() -> int:
    """Jobs that were tried to the end and failed: somebody must look."""
    return Job.objects.filter(state=Job.FAILED).count()
