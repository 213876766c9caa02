"""Declaring a checklist: the edition before it ends and stays readable."""

from __future__ import annotations

from django.db.models import F, Max

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.scope import Actor
from linli.visits.checklists.models import Checklist
from linli.visits.checklists.rules import ChecklistFacts


@act("checklist.declare", zh="发布检查表", en="declare a checklist", keeps=("code",))
def declare_checklist(actor: Actor, *, code: str, facts: ChecklistFacts) -> Checklist:
    """Put a new edition in force from today. Inspections made before keep theirs. Raises Invalid naming the field."""
    facts.check()
    today = clock.today()
    Checklist.objects.filter(code=code, until__isnull=True).update(until=today, version=F("version") + 1)
    last = Checklist.objects.filter(code=code).aggregate(last=Max("edition"))["last"] or 0
    return Checklist.objects.create(
        code=code,
        edition=last + 1,
        zh=facts.words.zh.strip(),
        en=facts.words.en.strip(),
        basis=facts.basis.strip(),
        premises_kinds=list(facts.premises_kinds),
        items=[[item.code, item.words.zh, item.words.en, item.article] for item in facts.items],
        since=today,
    )
