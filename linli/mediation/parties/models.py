"""The parties to a case. All that says who they are is sealed; the same person is found by blind indexes."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.crypto import blind_index, seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.mediation.cases.models import MediationCase, named, unseen
from linli.mediation.parties.rules import CONSENT, REACH, SIDES, age_on

_INDEX = "mediation.party"


def index_of(kind: str, text: str) -> str:
    """The blind index of a name, a telephone or an identity number, to see whether two parties are one."""
    return blind_index(text.strip().upper().replace(" ", ""), context=f"{_INDEX}.{kind}")


class DisputantQuery(models.QuerySet["Disputant"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(named(actor, "case"))


class Disputant(models.Model):
    """A party to a dispute. ``speaks_for``: a spokesperson of a group, whose others are nowhere written down."""

    SIDES: ClassVar = SIDES
    CONSENT: ClassVar = CONSENT
    REACH: ClassVar = REACH
    SEALED: ClassVar = ("name", "phone", "id_number", "born", "address", "guardian", "guardian_phone", "agent")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(MediationCase, on_delete=models.CASCADE, related_name="disputants")
    side = models.CharField(max_length=1)
    place = models.PositiveSmallIntegerField(default=1)
    is_body = models.BooleanField(default=False)
    speaks_for = models.BooleanField(default=False)
    name_sealed = models.BinaryField(default=bytes)
    name_index = models.CharField(max_length=24, blank=True)
    phone_sealed = models.BinaryField(default=bytes)
    phone_index = models.CharField(max_length=24, blank=True)
    id_number_sealed = models.BinaryField(default=bytes)
    id_number_index = models.CharField(max_length=24, blank=True)
    born_sealed = models.BinaryField(default=bytes)
    address_sealed = models.BinaryField(default=bytes)
    guardian_sealed = models.BinaryField(default=bytes)
    guardian_phone_sealed = models.BinaryField(default=bytes)
    agent_sealed = models.BinaryField(default=bytes)
    reach = models.CharField(max_length=8, default="sms")
    consent = models.CharField(max_length=8, default="unasked")
    consent_at = models.DateTimeField(null=True)
    rights_at = models.DateTimeField(null=True)
    rights_way = models.CharField(max_length=8, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DisputantQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["side", "place", "id"]
        indexes: ClassVar = [
            models.Index(fields=["name_index"], name="disputant_name"),
            models.Index(fields=["phone_index"], name="disputant_phone"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "side", "place"], name="disputant_place"),
            models.CheckConstraint(
                condition=Q(consent="unasked") | Q(rights_at__isnull=False), name="disputant_rights_first"
            ),
        ]

    def told(self, field: str) -> str:
        """A sealed value in clear; the caller has already found the row by ``visible_to``."""
        return unseal(getattr(self, f"{field}_sealed"), context=f"mediation.disputant.{field}.{self.pk}")

    def put(self, field: str, text: str) -> None:
        """Seal a value in its place."""
        setattr(self, f"{field}_sealed", seal(text.strip(), context=f"mediation.disputant.{field}.{self.pk}"))

    def age(self, day: date) -> int:
        """Whole years on a day; of age when the day of birth is not known."""
        born = self.told("born")
        return age_on(date.fromisoformat(born) if born else None, day)

    def scope_paths(self) -> tuple[str, ...]:
        return unseen(self.case_id)
