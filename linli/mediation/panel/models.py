"""Who is on the expert panel."""

from __future__ import annotations

import json
from typing import ClassVar, Self

from django.db import models

from linli.kernel.crypto import seal, unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.mediation.cases.rules import CAUSES, TAKES_PART
from linli.org.people.models import Person

READS = (*TAKES_PART, "bureau_leader", "administrator")


class ExpertQuery(models.QuerySet["Expert"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever takes part in mediation, and who leads them."""
        return self.all() if actor.holds(*READS) else self.none()

    def now(self) -> Self:
        return self.filter(until__isnull=True)


class Expert(models.Model):
    """One of the panel: which disputes he knows, which languages he speaks. With whom he has an interest is sealed:
    only the check reads it, and he himself.
    """

    SKILLS: ClassVar = CAUSES

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+")
    skills = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    interests_sealed = models.BinaryField(default=bytes)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = ExpertQuery.as_manager()

    @property
    def interests(self) -> list[str]:
        text = unseal(self.interests_sealed, context=f"mediation.expert.interests.{self.pk}")
        return list(json.loads(text or "[]"))

    def sealed_interests(self, names: list[str]) -> bytes:
        """Names of firms and people, sealed for their place."""
        return seal(json.dumps(names, ensure_ascii=False), context=f"mediation.expert.interests.{self.pk}")

    def scope_paths(self) -> tuple[str, ...]:
        return ("/",)
