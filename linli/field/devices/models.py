"""Phones."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.scope import Actor, below
from linli.org.people.models import Person


class PhoneQuery(models.QuerySet["Phone"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, and those of the people below one's posts."""
        return self.filter(models.Q(person_id=actor.id) | below("path", actor.paths))


class Phone(models.Model):
    """One person's store on one phone; its key is made by the phone. ``path`` is where he worked when it was last seen.

    ``recovery`` (sealed) opens the store again when the PIN is forgotten and is given to its signed-in owner only;
    ``session`` (sealed) is the session it last came with, ended when the phone is wiped. ``waiting`` is what the phone
    said it still holds. No position is kept.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="phones")
    path = models.CharField(max_length=200)
    name = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)
    recovery = models.BinaryField(default=bytes)
    session = models.BinaryField(default=bytes)
    waiting = models.PositiveIntegerField(default=0)
    offset_s = models.FloatField(null=True)
    registered_at = models.DateTimeField()
    contact_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    wiped_at = models.DateTimeField(null=True)
    wiped_by = models.CharField(max_length=80, blank=True)
    erased_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = PhoneQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-contact_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["person", "contact_at"], name="phone_person"),
            models.Index(fields=["path", "contact_at"], name="phone_path"),
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.path,)
