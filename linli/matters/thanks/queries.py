"""What the giver of a matter is told, for the page that he follows it by; and what the office sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.matters.thanks.models import Thanks


@dataclass(frozen=True, slots=True)
class Thanked:
    """One word of thanks. ``claim_code`` is empty without a reward and after it was paid; ``on`` is a day."""

    text: str
    reward_yuan: int
    claim_code: str
    on: date


@dataclass(frozen=True, slots=True)
class ToldToGiver:
    """The answer to the giver and the thanks. For whoever proved that he may follow the matter, and nobody else."""

    answer: str
    thanks: tuple[Thanked, ...]


def told_to_giver(matter: Matter) -> ToldToGiver:
    """What stands on the page of who follows a matter. The caller has checked the follow number or receipt."""
    rows = Thanks.objects.filter(matter=matter)
    told = tuple(
        Thanked(row.text, row.reward_yuan, row.claim_code, clock.shanghai(row.given_at).date()) for row in rows
    )
    return ToldToGiver(str(matter.details.get("answer", "")), told)


def thanks_of(actor: Actor, *, matter: Matter) -> QuerySet[Thanks]:
    """The thanks of a matter as the office sees them: without the code."""
    return Thanks.objects.visible_to(actor).filter(matter=matter)
