"""A mediator's own cases."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.mediation.cases.models import CaseMember, CaseQuery, MediationCase
from linli.mediation.cases.rules import TAKES_PART
from linli.org.posts.models import Post


@dataclass(frozen=True, slots=True)
class CaseSeen:
    """A case as one of its members stands to it."""

    case: MediationCase
    member: CaseMember

    @property
    def leads(self) -> bool:
        return self.member.part == "lead"


def case_seen(actor: Actor, key: uuid.UUID) -> CaseSeen:
    """One case that names the actor. Raises NotFound for everybody else: hidden and absent look the same."""
    rows = MediationCase.objects.visible_to(actor).select_related("matter", "matter__agency", "agency")
    case = rows.filter(pk=key).first()
    member = CaseMember.objects.now().filter(case=key, person_id=actor.id).first() if case else None
    if case is None or member is None:
        raise NotFound("row.unknown", what=str(key))
    return CaseSeen(case, member)


def cases_of(actor: Actor, *, over: bool = False) -> CaseQuery:
    """The cases that name the actor: those that run, or those that are over."""
    rows = MediationCase.objects.visible_to(actor).select_related("matter", "agency")
    return rows.exclude(pk__in=rows.running().values("pk")) if over else rows.running()


def people_to_name(case: MediationCase) -> list[Post]:
    """Whoever holds a post today that takes part in mediation and is not named yet, by agency and name."""
    there = CaseMember.objects.now().filter(case=case).values("person_id")
    rows = Post.objects.held_on(clock.today()).filter(code__in=TAKES_PART, person__left_on__isnull=True)
    return list(rows.exclude(person_id__in=there).select_related("person", "agency").order_by("agency__path", "person"))
