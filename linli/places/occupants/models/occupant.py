"""A person of the actual population, and where he lives since when."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from linli.kernel.crypto import blind_index, seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.places.addresses.models import Address
from linli.places.divisions.models import Division
from linli.places.homes.models import Home
from linli.places.homes.rules import in_reach
from linli.places.occupants.rules.declared import KINDS, RELATIONS, SOURCES
from linli.places.premises.models import Premises
from linli.works.tables.models import Loaded, Published

NAME, ID_NUMBER, PHONE = "places.occupant.name", "places.occupant.id_number", "places.occupant.phone"


class OccupantQuery(models.QuerySet["Occupant"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever reaches one of the residences of this record, or of one that was merged into it."""
        if actor.is_system:
            return self.all()
        own = Residence.objects.visible_to(actor)
        merged = own.filter(occupant__merged_into__isnull=False)
        return self.filter(Q(pk__in=own.values("occupant_id")) | Q(pk__in=merged.values("occupant__merged_into_id")))

    def whole(self) -> Self:
        """Records that stand for themselves: neither merged into another nor erased."""
        return self.filter(merged_into__isnull=True, erased_on__isnull=True)


class Occupant(Loaded):
    """One person. Name, identity number and telephone are sealed, found by blind index, masked wherever shown.

    ``merged_into`` leads on from a duplicate; nothing of it is moved or lost, so the merging can be undone. Each group
    of facts keeps its source and the day on which somebody last made sure.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name_sealed = models.BinaryField(default=bytes)
    name_index = models.CharField(max_length=24, blank=True)
    id_kind = models.CharField(max_length=16, default="none")
    id_number_sealed = models.BinaryField(default=bytes)
    id_index = models.CharField(max_length=24, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    born_on = models.DateField(null=True)
    phone_sealed = models.BinaryField(default=bytes)
    phone_index = models.CharField(max_length=24, blank=True)
    guardian_basis = models.CharField(max_length=16, blank=True)
    identity_source = models.CharField(max_length=12, choices=[(key, words.zh) for key, words in SOURCES.items()])
    identity_confirmed_on = models.DateField(null=True)
    contact_source = models.CharField(max_length=12, blank=True)
    contact_confirmed_on = models.DateField(null=True)
    registered_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_from")
    erased_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = Published.from_queryset(OccupantQuery)()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id_index"], name="occupant_id_number"),
            models.Index(fields=["name_index", "born_on"], name="occupant_name"),
            models.Index(fields=["phone_index"], name="occupant_phone"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(erased_on__isnull=True) | Q(name_sealed=b"", id_number_sealed=b"", phone_sealed=b""),
                name="occupant_erased_is_empty",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="occupant_not_into_itself"),
        ]

    @property
    def name(self) -> str:
        return unseal(self.name_sealed, context=f"{NAME}.{self.pk}")

    @property
    def id_number(self) -> str:
        return unseal(self.id_number_sealed, context=f"{ID_NUMBER}.{self.pk}")

    @property
    def phone(self) -> str:
        return unseal(self.phone_sealed, context=f"{PHONE}.{self.pk}")

    def set_name(self, name: str) -> None:
        self.name_sealed, self.name_index = sealed_name(self.pk, name)

    def set_id_number(self, number: str) -> None:
        self.id_number_sealed, self.id_index = sealed_number(self.pk, number)

    def set_phone(self, phone: str) -> None:
        self.phone_sealed, self.phone_index = sealed_phone(self.pk, phone)

    def scope_paths(self) -> tuple[str, ...]:
        held = self.residences.order_by().values_list("agency_path", flat=True).distinct()
        return tuple(held) or ("/",)


def id_index(number: str) -> str:
    """The keyed digest by which an identity number is found."""
    return blind_index(number, context=ID_NUMBER)


def name_index(name: str) -> str:
    """The keyed digest of a whole name; spaces and the dot of long names do not count."""
    return blind_index(name.replace(" ", "").replace("·", "").replace("•", ""), context=NAME)


def sealed_name(key: object, name: str) -> tuple[bytes, str]:
    """A name as the record with this key holds it: sealed, and its index. The two below likewise."""
    return seal(name, context=f"{NAME}.{key}"), name_index(name)


def sealed_number(key: object, number: str, index: str = "") -> tuple[bytes, str]:
    """``index``: its :func:`id_index`, when it is known already."""
    return seal(number, context=f"{ID_NUMBER}.{key}"), index or id_index(number)


def sealed_phone(key: object, phone: str) -> tuple[bytes, str]:
    return seal(phone, context=f"{PHONE}.{key}"), blind_index(phone, context=PHONE)


class ResidenceQuery(models.QuerySet["Residence"]):
    def visible_to(self, actor: Actor) -> Self:
        """Posts of the register: police below their agency, civil posts only what lies at their own room."""
        return self.filter(in_reach(actor, "agency_path"))

    def on(self, day: object) -> Self:
        """Those that hold on a day; ``until`` is the first day on which one does not live there any more."""
        return self.filter(since__lte=day).filter(Q(until__isnull=True) | Q(until__gt=day))


class Residence(Loaded):
    """A person lives at an address, from ``since`` until before ``until``. Moving writes another row: a household's
    history is its rows. ``division`` is the village or community of the day on which it was written.
    """

    KINDS: ClassVar = KINDS
    RELATIONS: ClassVar = RELATIONS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    occupant = models.ForeignKey(Occupant, on_delete=models.CASCADE, related_name="residences")
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="residences")
    home = models.ForeignKey(Home, null=True, on_delete=models.SET_NULL, related_name="residences")
    division = models.ForeignKey(Division, null=True, on_delete=models.PROTECT, related_name="residences")
    kind = models.CharField(max_length=12, choices=[(key, words.zh) for key, words in KINDS.items()])
    relation = models.CharField(max_length=10, default="other")
    employer = models.ForeignKey(Premises, null=True, on_delete=models.SET_NULL, related_name="employees")
    since = models.DateField()
    until = models.DateField(null=True)
    ended_why = models.CharField(max_length=10, blank=True)
    agency_path = models.CharField(max_length=200)
    grid_code = models.CharField(max_length=24, blank=True)
    source = models.CharField(max_length=12, choices=[(key, words.zh) for key, words in SOURCES.items()])
    confirmed_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = Published.from_queryset(ResidenceQuery)()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["agency_path", "kind"], name="residence_agency"),
            models.Index(fields=["division", "kind", "since"], name="residence_division"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="residence_forward")
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency_path,)
