"""A run: one wish about many matters, with what became of each."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor


class RunQuery(models.QuerySet["Run"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody his own runs."""
        return self.filter(owner_id=actor.id)


class Run(models.Model):
    """``verb`` over the matters at ``lines``. ``outcome`` has one entry for each row looked at, in their order:
    ``[line, number, "done" | "refused" | "unknown", code, facts]``. An export has a file instead.
    """

    WAITING, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_id = models.UUIDField()
    verb = models.CharField(max_length=16)
    facts = models.JSONField(default=dict)
    lines = models.JSONField(default=list)
    outcome = models.JSONField(default=list)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, default=WAITING)
    sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = RunQuery.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["owner_id", "made_at"], name="run_owner")]

    @property
    def digest(self) -> str:
        """What the trail keeps of the rows."""
        return str(self.facts.get("digest", ""))
