"""How many receipts were wrong in the present hour. One row, overwritten; nothing says whose."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class WrongHour(models.Model):
    """The hour of the last wrong receipt (its beginning) and how many there were in it. Right ones leave nothing."""

    scope_excuse = "A number of mistakes in an hour; it is read by the limit and by nobody else."

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    hour_at = models.DateTimeField()
    wrong = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="tips_one_wrong_hour")]
