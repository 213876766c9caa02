"""Homes and the people who answer for firms; the terms by which landlords, employers and movers report."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.places.addresses.models import Address
from linli.places.homes.rules import USES, door_words, in_reach
from linli.places.premises.models import Premises
from linli.works.tables.models import Loaded, Published


class HomeQuery(models.QuerySet["Home"]):
    def visible_to(self, actor: Actor) -> Self:
        """Posts of the register: police below their agency, civil posts only what lies at their own room."""
        return self.filter(in_reach(actor, "agency_path"))


class Home(Loaded):
    """One dwelling or let space (实有房屋): a door of an address, by unit and room; blank for a house of one household.

    ``code`` is the address's code with unit and room. The names and numbers of owner and landlord are sealed.
    """

    USES: ClassVar = USES

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=64, unique=True)
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="homes")
    unit = models.CharField(max_length=8, blank=True)
    room = models.CharField(max_length=12, blank=True)
    use = models.CharField(max_length=10, default="unknown")
    rooms_count = models.PositiveSmallIntegerField(null=True)
    owner_name_sealed = models.BinaryField(default=bytes)
    owner_phone_sealed = models.BinaryField(default=bytes)
    landlord_name_sealed = models.BinaryField(default=bytes)
    landlord_phone_sealed = models.BinaryField(default=bytes)
    agency_path = models.CharField(max_length=200)
    grid_code = models.CharField(max_length=24, blank=True)
    source = models.CharField(max_length=12, blank=True)
    confirmed_on = models.DateField(null=True)
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    objects = Published.from_queryset(HomeQuery)()

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["address", "unit", "room"], condition=Q(active=True), name="home_once")
        ]
        indexes: ClassVar = [models.Index(fields=["agency_path", "use"], name="home_agency")]

    def __str__(self) -> str:
        return self.code

    @property
    def door(self) -> str:
        """Unit and room as they are said."""
        return door_words(self.unit, self.room)

    def told(self, name: str) -> str:
        """An unsealed value: ``owner_name``, ``owner_phone``, ``landlord_name``, ``landlord_phone``."""
        return unseal(getattr(self, f"{name}_sealed"), context=f"places.home.{name}.{self.pk}")

    def sealed(self, name: str, text: str) -> bytes:
        return seal(text, context=f"places.home.{name}.{self.pk}")

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency_path,)


class FirmQuery(models.QuerySet["Firm"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the place."""
        return self.filter(below("premises__agency_path", actor.paths))


class Firm(models.Model):
    """The firm in registered premises (实有单位) and who answers for it; apart from the place, which names nobody."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    premises = models.OneToOneField(Premises, on_delete=models.CASCADE, related_name="firm")
    credit_code = models.CharField(max_length=18, blank=True)
    legal_person_sealed = models.BinaryField(default=bytes)
    contact_name_sealed = models.BinaryField(default=bytes)
    contact_phone_sealed = models.BinaryField(default=bytes)
    staff_count = models.PositiveIntegerField(null=True)
    source = models.CharField(max_length=12, blank=True)
    confirmed_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = FirmQuery.as_manager()

    def told(self, name: str) -> str:
        """An unsealed value: ``legal_person``, ``contact_name``, ``contact_phone``."""
        return unseal(getattr(self, f"{name}_sealed"), context=f"places.firm.{name}.{self.pk}")

    def sealed(self, name: str, text: str) -> bytes:
        return seal(text, context=f"places.firm.{name}.{self.pk}")

    def scope_paths(self) -> tuple[str, ...]:
        return (self.premises.agency_path,)


class RegisterTerm(models.Model):
    """One term of the register in days, as this place's rules say it; without a row the declared default holds."""

    scope_excuse = "Published rules: how soon who has to report, how long what is kept."

    code = models.CharField(max_length=24, primary_key=True)
    days = models.PositiveIntegerField()
    working_days = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
