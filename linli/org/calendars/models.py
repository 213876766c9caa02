"""One's own calendar, read by a phone's calendar through a secret address."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.org.people.models import Person


class CalendarLinkQuery(models.QuerySet["CalendarLink"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody his own."""
        return self.filter(person_id=actor.id)


class CalendarLink(models.Model):
    """The address under which a person's calendar is read: only its digest is kept. One a person; a new one ends the
    old.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="calendar_link")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    objects = CalendarLinkQuery.as_manager()

    class Meta:
        indexes: ClassVar = []

    def scope_paths(self) -> tuple[str, ...]:
        """No post reaches it: whose phone reads what is nobody else's business."""
        return (f"/~own/{self.person_id}/",)
