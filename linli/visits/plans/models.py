"""Doors on the list, campaigns, and somebody's week."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.matters.ledger.models import Matter
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.places.addresses.models import Address
from linli.places.premises.models import Premises


class CampaignQuery(models.QuerySet["Campaign"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever works in it or leads it: a campaign reaches down from the agency that opened it, and up to those
        above.
        """
        if actor.is_system or "/" in actor.paths:
            return self.all()
        ways = Q(pk__in=[])
        for post in actor.posts:
            codes = post.path.strip("/").split("/")
            ways |= Q(agency__path__in=["/" + "/".join(codes[:end]) + "/" for end in range(1, len(codes) + 1)])
        return self.filter(ways | below("agency__path", actor.paths))

    def running(self, day: object) -> Self:
        return self.filter(begins_on__lte=day, ends_on__gte=day, ended_at__isnull=True)


class Campaign(models.Model):
    """Every home, or every place of some kinds, below an agency is to be visited between two days (both inclusive).

    ``what`` says what is talked about there. ``spread_at`` is set when all doors are on the list.
    """

    HOMES, PREMISES = "homes", "premises"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=60)
    what = models.TextField(blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="campaigns")
    doors = models.CharField(max_length=8, default=HOMES)
    premises_kinds = models.JSONField(default=list)
    begins_on = models.DateField()
    ends_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by_name = models.CharField(max_length=80)
    spread_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = CampaignQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-begins_on", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("begins_on")), name="campaign_forward")
        ]

    def __str__(self) -> str:
        return self.name

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)


class DueQuery(models.QuerySet["Due"]):
    def visible_to(self, actor: Actor) -> Self:
        """The room that answers for the door, and whoever stands above it."""
        return self.filter(below("agency__path", actor.paths))

    def standing(self) -> Self:
        return self.filter(ended_on__isnull=True)


class Due(models.Model):
    """A door that is to be visited for a reason: which, on what ground, until when, how often it was tried.

    The door is an address (with ``room`` for a flat), registered premises, or a point with words. No name of anybody
    stands here. ``ended_why``: ``met`` (once was enough), ``moved``, ``over`` (its time has
    passed), ``withdrawn``.
    """

    ENDS: ClassVar = ("met", "moved", "over", "withdrawn")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reason = models.CharField(max_length=24)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="doors_due")
    grid_code = models.CharField(max_length=24, blank=True)
    door = models.CharField(max_length=64)
    """The same door has the same key, whatever the reason (``records.rules.door_key``)."""
    address = models.ForeignKey(Address, null=True, on_delete=models.PROTECT, related_name="visits_due")
    room = models.CharField(max_length=20, blank=True)
    premises = models.ForeignKey(Premises, null=True, on_delete=models.PROTECT, related_name="visits_due")
    place = models.CharField(max_length=160)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    matter = models.ForeignKey(Matter, null=True, on_delete=models.SET_NULL, related_name="visits_due")
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.CASCADE, related_name="doors_due")
    consented_on = models.DateField(null=True)
    since = models.DateField()
    due_on = models.DateField()
    last_on = models.DateField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    over_on = models.DateField(null=True)
    """The last day on which it makes sense to go."""
    ended_on = models.DateField(null=True)
    ended_why = models.CharField(max_length=10, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DueQuery.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["agency", "due_on"], condition=Q(ended_on__isnull=True), name="due_agency"),
            models.Index(fields=["campaign", "agency", "ended_why"], name="due_campaign"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["door", "reason"],
                condition=Q(ended_on__isnull=True, campaign__isnull=True),
                name="due_once_a_door",
            ),
            models.UniqueConstraint(fields=["campaign", "door"], name="due_once_a_campaign"),
            models.UniqueConstraint(fields=["matter", "reason"], name="due_once_a_matter"),
            models.CheckConstraint(
                condition=~Q(reason="lives_alone") | Q(consented_on__isnull=False), name="due_alone_by_consent"
            ),
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)


class WeekQuery(models.QuerySet["Week"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, and those of whoever works at or below one's posts."""
        return self.filter(Q(person_id=actor.id) | below("agency__path", actor.paths))


class Week(models.Model):
    """Somebody's week on foot: a proposal that he changes as he likes. ``walk_s`` is all the walking of its days by
    ``by_road`` or, without roads, as the crow flies; ``left_over`` doors are due and found no room in it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="visit_weeks")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="visit_weeks")
    monday = models.DateField()
    made_at = models.DateTimeField()
    walk_s = models.PositiveIntegerField(default=0)
    by_road = models.BooleanField(default=True)
    left_over = models.PositiveIntegerField(default=0)
    away = models.JSONField(default=list)
    """Days, as ISO dates, on which the roster has him elsewhere."""
    version = models.PositiveIntegerField(default=1)

    objects = WeekQuery.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "monday"], name="week_once")]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)


class StopQuery(models.QuerySet["Stop"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(Q(week__person_id=actor.id) | below("week__agency__path", actor.paths))


class Stop(models.Model):
    """One door of a week: the day, its turn on the walk, the seconds on foot from the one before, and why in a
    sentence. ``state``: planned, met, missed (nobody at home), left out (by its owner).
    """

    STATES: ClassVar = ("planned", "met", "missed", "left_out")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    week = models.ForeignKey(Week, on_delete=models.CASCADE, related_name="stops")
    due = models.ForeignKey(Due, on_delete=models.CASCADE, related_name="stops")
    day = models.DateField()
    turn = models.PositiveSmallIntegerField()
    walk_s = models.PositiveIntegerField(null=True)
    why_zh = models.CharField(max_length=200)
    why_en = models.CharField(max_length=300)
    state = models.CharField(max_length=10, default="planned")
    version = models.PositiveIntegerField(default=1)

    objects = StopQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["day", "turn"]
        indexes: ClassVar = [models.Index(fields=["week", "day", "turn"], name="stop_day")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["week", "due"], name="stop_once")]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.week.agency.path,)
