"""Administrative divisions."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor


class DivisionQuery(models.QuerySet["Division"]):
    def visible_to(self, actor: Actor) -> Self:
        """Division codes are published by the state: everybody may read them."""
        return self.all()

    def valid_on(self, day: object) -> Self:
        """Those that exist on a day; a division without dates always does."""
        begun = models.Q(valid_from__isnull=True) | models.Q(valid_from__lte=day)
        return self.filter(begun, models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=day))


class Division(models.Model):
    """A province, prefecture, county, township or village. ``valid_to`` is the first day on which it no longer exists.

    Villages become communities, counties become districts: the old code stays, closed; ``succeeded_by`` leads on.
    """

    LEVELS: ClassVar = {
        "province": ("省级", "province"),
        "prefecture": ("地级", "prefecture"),
        "county": ("县级", "county"),
        "township": ("乡级", "township"),
        "village": ("村级", "village or community"),
    }

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    level = models.CharField(max_length=12, choices=[(key, words[0]) for key, words in LEVELS.items()])
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    succeeded_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="predecessors")

    scope_excuse = "Public geography: division codes are published by the state."
    objects = DivisionQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name
