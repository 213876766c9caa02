"""Registered premises."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.places.addresses.models import Address
from linli.places.premises.rules import KINDS, PURPOSES
from linli.works.tables.models import Loaded, Published


class PremisesQuery(models.QuerySet["Premises"]):
    def visible_to(self, actor: Actor) -> Self:
        """The agency that answers for them, and whoever stands above it."""
        return self.filter(below("agency_path", actor.paths))

    def in_use(self) -> Self:
        return self.filter(closed_on__isnull=True)


class Premises(Loaded):
    """One firm, shop, school, site or rented building: a place with a purpose, never a person or a household.

    ``agency_path`` is the path of the agency that answers for it, ``grid_code`` the police grid in which it lies.
    ``lon``/``lat`` WGS-84. ``usual_people`` is how many are usually inside.
    """

    KINDS: ClassVar = KINDS
    PURPOSES: ClassVar = PURPOSES

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    operator = models.CharField(max_length=120, blank=True)
    address_text = models.CharField(max_length=160, blank=True)
    address = models.ForeignKey(Address, null=True, on_delete=models.SET_NULL, related_name="premises")
    grid_code = models.CharField(max_length=24, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    agency_path = models.CharField(max_length=200)
    usual_people = models.PositiveIntegerField(null=True)
    hazard_note = models.CharField(max_length=200, blank=True)
    closed_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = Published.from_queryset(PremisesQuery)()

    class Meta:
        ordering: ClassVar = ["name", "code"]
        indexes: ClassVar = [
            models.Index(fields=["agency_path", "kind"], name="premises_agency"),
            models.Index(fields=["lon", "lat"], name="premises_place"),
            models.Index(fields=["grid_code"], name="premises_grid"),
        ]

    def __str__(self) -> str:
        return self.name

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency_path,)
