"""Sums by day and month, derived from the ledger and made anew from it whenever it changes."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models


class Tally(models.Model):
    """How many matters of one figure one place (an agency or a grid) had on a day (``span`` D) or in a month (M, on its
    first day). Only what is not zero has a row. The ledger's rows are the truth: a tally is never corrected, only
    counted anew.
    """

    scope_excuse = "Sums without any row of a matter; measures.queries reads them only for places within one's reach."

    DAY, MONTH = "D", "M"

    place = models.UUIDField()
    measure = models.CharField(max_length=24)
    span = models.CharField(max_length=1)
    day = models.DateField()
    n = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "span", "day", "measure"], name="tally_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["span", "day"], name="tally_day")]


class RolledQuery(models.QuerySet["Rolled"]):
    def holding(self) -> Self:
        """Those whose sums are written and still true."""
        return self.filter(stale=False, rolled_at__isnull=False)


class Rolled(models.Model):
    """Which days and months have been summed, when, and from how many matters; ``stale`` when the ledger has changed
    since, without ``rolled_at`` while it is counted.
    """

    scope_excuse = "The state of the sums; it says nothing of any matter."

    span = models.CharField(max_length=1)
    day = models.DateField()
    matters = models.PositiveIntegerField(default=0)
    stale = models.BooleanField(default=True)
    rolled_at = models.DateTimeField(null=True)

    objects = RolledQuery.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["span", "day"], name="rolled_once")]


class Followed(models.Model):
    """Until which moment the sums have followed the ledger (``Matter.touched_at``). One row."""

    scope_excuse = "One moment; it says nothing of any matter."

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    until = models.DateTimeField()
