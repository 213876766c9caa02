"""Weeks as their owners saw them, and the days in them: computed and, where he corrected it, stated."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency
from linli.org.people.models import Person


class HoursWeekQuery(models.QuerySet["HoursWeek"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody his own. Who leads is told sums by room (``hours.queries.room_sums``), never these rows."""
        return self.filter(person_id=actor.id)


class HoursWeek(models.Model):
    """One person's week, from ``monday``. ``agency`` is where he held his community post. ``seen_at`` when he first
    looked at it, ``confirmed_at`` when he said that it is right.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="hours_weeks")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="hours_weeks")
    monday = models.DateField()
    seen_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = HoursWeekQuery.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "monday"], name="hours_week_once")]
        indexes: ClassVar = [models.Index(fields=["agency", "monday"], name="hours_week_agency")]

    def scope_paths(self) -> tuple[str, ...]:
        """No post reaches it in the trail; its owner sees his own deeds."""
        return (f"/~own/{self.person_id}/",)


class HoursDayQuery(models.QuerySet["HoursDay"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody his own."""
        return self.filter(week__person_id=actor.id)


class HoursDay(models.Model):
    """One day of a week. ``computed_min`` is what sign-on and records say, ``stated_min`` what its owner says instead
    with ``reason``: both are kept. Minutes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    week = models.ForeignKey(HoursWeek, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    computed_min = models.PositiveSmallIntegerField(default=0)
    drawn_min = models.PositiveSmallIntegerField(default=0)
    stated_min = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    stated_at = models.DateTimeField(null=True)

    objects = HoursDayQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["week", "day"], name="hours_day_once"),
            models.CheckConstraint(
                condition=Q(stated_min__isnull=True) | ~Q(reason=""), name="hours_stated_with_reason"
            ),
        ]

    @property
    def minutes(self) -> int:
        """What counts: what its owner said, else what was computed."""
        return self.computed_min if self.stated_min is None else self.stated_min

    def scope_paths(self) -> tuple[str, ...]:
        return self.week.scope_paths()
