"""How the actor stands in a plan: parts of every act of care."""

from __future__ import annotations

from django.db.models import F

from linli.kernel.errors import Conflict, NotAllowed, NotFound, declare
from linli.kernel.scope import Actor
from linli.visits.care.models import CarePlan, Carer

declare("care.only_lead", zh="只有负责人可以{act}。", en="Only the lead may do this: {act}.")
declare("care.none_left_alone", zh="没有无人负责的关爱。", en="Every plan has its lead.")
declare("care.over", zh="这项关爱已结束。", en="This plan has ended.")
declare("care.named_already", zh="{name}已在关爱人之中。", en="{name} is named already.")
declare("care.lead_stays", zh="请先指定新的负责人。", en="Name another lead first.")
declare(
    "care.not_consent",
    zh="依法定事由开展的关爱不能按撤回同意结束，请写明结束原因。",
    en="A statutory plan rests on no consent.",
)
declare(
    "care.alias_is_name", zh="称呼不能就是姓名或姓名的一部分。", en="What is said among carers may not be the name."
)
declare("care.changed", zh="他人刚改过，请刷新后再改。", en="Somebody has just changed this; reload first.")
LONGEST_TEXT = 2000


def standing_of(actor: Actor, plan: CarePlan) -> Carer:
    """How the actor stands in a plan; a stranger learns nothing (NotFound)."""
    found = Carer.objects.now().filter(plan=plan, person_id=actor.id).first()
    if found is None:
        raise NotFound("row.unknown", what=str(plan.pk))
    return found


def must_lead(actor: Actor, plan: CarePlan, what: str) -> None:
    if standing_of(actor, plan).role != "lead":
        raise NotAllowed("care.only_lead", act=what)


def must_run(plan: CarePlan) -> None:
    if not CarePlan.objects.running().filter(pk=plan.pk).exists():
        raise Conflict("care.over")


def touched(plan: CarePlan) -> CarePlan:
    CarePlan.objects.filter(pk=plan.pk).update(version=F("version") + 1)
    plan.refresh_from_db()
    return plan
