"""Groups that a robot lets us write to."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.org.agencies.models import Agency
from linli.outreach.groups.rules import KINDS


class GroupQuery(models.QuerySet["Group"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever works at the agency whose group it is, and who stands above."""
        return self.filter(below("agency__path", actor.paths))


class Group(models.Model):
    """A chat group of the area of ``agency``. The robot's address opens the group to whoever has it: sealed, never
    shown again. Who is in the group is not our business: nobody of it is stored.
    """

    KINDS: ClassVar = KINDS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=12)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="groups")
    address_sealed = models.BinaryField(default=bytes)
    enabled = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    objects = GroupQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["agency__path", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency", "name"], name="group_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        return unseal(self.address_sealed, context=f"outreach.group.address.{self.pk}")

    def set_address(self, address: str) -> None:
        self.address_sealed = seal(address, context=f"outreach.group.address.{self.pk}")

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)
