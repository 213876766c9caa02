"""Hours of lawyers at rooms, and bookings."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.mediation.hours.rules import BOOKING_LIFE, ROOM_POSTS
from linli.org.agencies.models import Agency
from linli.org.people.models import Person


class LawyerHours(models.Model):
    """A lawyer is at a room on a weekday (0 is Monday), minutes of the local day; ``until`` ends it."""

    scope_excuse = "When a lawyer is where: hung out at the room's door, for everybody to read."

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField()
    from_minute = models.PositiveSmallIntegerField()
    until_minute = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["weekday", "from_minute", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until_minute__gt=models.F("from_minute")), name="lawyer_hours_later")
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.room.path,)


class BookingQuery(models.QuerySet["LawyerBooking"]):
    def visible_to(self, actor: Actor) -> Self:
        """The lawyer, and whoever wrote it down; what a resident booked at the door, the room's officer too."""
        posts = tuple(post.path for post in actor.posts if post.code in ROOM_POSTS)
        at_the_door = Q(by__isnull=True) & below("room__path", posts)
        return self.filter(Q(person_id=actor.id) | Q(by_id=actor.id) | at_the_door)


class LawyerBooking(models.Model):
    """Half an hour of a lawyer. Who comes, what about and what was answered is sealed. Booked at the residents' door it
    has a ``number`` and nobody in ``by``; the follow code is kept as a digest and stands in ``new_code`` once.
    """

    SEALED: ClassVar = ("name", "phone", "about", "answer")
    new_code = ""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    begins_at = models.DateTimeField()
    name_sealed = models.BinaryField(default=bytes)
    phone_sealed = models.BinaryField(default=bytes)
    about_sealed = models.BinaryField(default=bytes)
    answer_sealed = models.BinaryField(default=bytes)
    number = models.CharField(max_length=16, blank=True)
    once_index = models.CharField(max_length=24, blank=True)
    code_index = models.CharField(max_length=24, blank=True)
    phone_index = models.CharField(max_length=24, blank=True, db_index=True)
    state = models.CharField(max_length=10, default=BOOKING_LIFE.initial)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = BookingQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["begins_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "begins_at"], condition=~Q(state="cancelled"), name="lawyer_booked_once"
            ),
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="lawyer_booking_number"),
            models.UniqueConstraint(fields=["once_index"], condition=~Q(once_index=""), name="lawyer_form_once"),
        ]

    def told(self, field: str) -> str:
        """A sealed value in clear; the caller has found the row by ``visible_to``."""
        return unseal(getattr(self, f"{field}_sealed"), context=f"mediation.booking.{field}.{self.pk}")

    def put(self, field: str, text: str) -> None:
        """Seal a value in its place."""
        setattr(self, f"{field}_sealed", seal(text.strip(), context=f"mediation.booking.{field}.{self.pk}"))

    def scope_paths(self) -> tuple[str, ...]:
        return (f"/~mediation/lawyer/{self.person_id}/",)
