"""The lease table."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id


class Job(models.Model):
    """Something to be done at ``due_at``. ``lease_until`` in the future means that a worker has it; ``attempts`` fences
    it.
    """

    scope_excuse = "The house's own to-do list: names of jobs and keys of rows, read by its workers."

    WAITING, DONE, FAILED = "waiting", "done", "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    lane = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=160, blank=True)
    payload = models.JSONField(default=dict)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, default=WAITING)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["lane", "due_at"], condition=Q(state="waiting"), name="job_due")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], condition=Q(state="waiting") & ~Q(key=""), name="job_key_waiting")
        ]
