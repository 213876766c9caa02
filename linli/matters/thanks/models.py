"""What is said, and promised, to the giver of a matter."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from linli.kernel.crypto import unseal
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter, reach_q


class ThanksQuery(models.QuerySet["Thanks"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(reach_q(actor, "matter__line"))


class Thanks(models.Model):
    """Words of thanks, and a reward in whole yuan (0: none) that whoever shows the claim code is paid at a counter.

    The code is sealed: the office never reads it, only who follows the matter does. Nothing says who that is, neither
    when it is given nor when it is paid.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="thanks")
    text = models.CharField(max_length=400)
    reward_yuan = models.PositiveIntegerField(default=0)
    code_sealed = models.BinaryField(default=bytes)
    given_by = models.CharField(max_length=80)
    given_at = models.DateTimeField()
    paid_by = models.CharField(max_length=80, blank=True)
    paid_on = models.DateField(null=True)
    """The day only: an hour beside a camera's picture would say who came."""
    wrong_tries = models.PositiveSmallIntegerField(default=0)

    objects = ThanksQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["given_at", "id"]

    @property
    def claim_code(self) -> str:
        """For the giver's own page alone; empty without a reward and after it was paid."""
        if not self.reward_yuan or self.paid_on is not None:
            return ""
        return unseal(self.code_sealed, context=f"matters.thanks.code.{self.pk}")

    def scope_paths(self) -> tuple[str, ...]:
        return self.matter.scope_paths()
