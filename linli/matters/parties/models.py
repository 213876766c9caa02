"""People in a matter."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.crypto import blind_index, seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter, reach_q


class PartyQuery(models.QuerySet["Party"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(reach_q(actor, "matter__line"))


class Party(models.Model):
    """One person's part in a matter. Name and telephone are sealed; the telephone is found again by its blind index."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="parties")
    part = models.CharField(max_length=20, default="caller")
    name_sealed = models.BinaryField(default=bytes)
    phone_sealed = models.BinaryField(default=bytes)
    phone_index = models.CharField(max_length=24, blank=True)

    objects = PartyQuery.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["phone_index"], name="party_phone")]

    @property
    def name(self) -> str:
        return unseal(self.name_sealed, context=f"matters.party.name.{self.pk}")

    @property
    def phone(self) -> str:
        return unseal(self.phone_sealed, context=f"matters.party.phone.{self.pk}")


PHONE_CONTEXT = "matters.party.phone"


def party_of(matter: Matter, *, part: str, name: str, phone: str) -> Party:
    """An unsaved party with sealed values."""
    row = Party(matter=matter, part=part)
    row.name_sealed = seal(name, context=f"matters.party.name.{row.pk}")
    row.phone_sealed = seal(phone, context=f"matters.party.phone.{row.pk}")
    row.phone_index = blind_index(phone, context=PHONE_CONTEXT)
    return row
