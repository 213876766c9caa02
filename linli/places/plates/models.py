"""The codes on door plates."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.places.addresses.models import Address


class DoorPlateQuery(models.QuerySet["DoorPlate"]):
    def visible_to(self, actor: Actor) -> Self:
        """The agency in whose area the door is, and whoever stands above it."""
        return self.filter(below("agency_path", actor.paths))

    def hanging(self) -> Self:
        return self.filter(ended_on__isnull=True)


class DoorPlate(models.Model):
    """A printed code at one address. ``token`` is what the QR holds: random, so that nobody guesses the next door, and
    ended when a plate is lost or misused; the next print makes another.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    address = models.ForeignKey(Address, on_delete=models.CASCADE, related_name="plates")
    token = models.CharField(max_length=24, unique=True)
    agency_path = models.CharField(max_length=200)
    printed_on = models.DateField()
    ended_on = models.DateField(null=True)

    objects = DoorPlateQuery.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["address"], condition=Q(ended_on__isnull=True), name="plate_one_hanging")
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency_path,)
