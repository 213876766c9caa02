"""Opening a plan, changing it, looking again, ending; and forgetting what is personal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, ProtectedError, QuerySet

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.matters.parties.rules import plain_phone
from linli.org.agencies.models import Agency
from linli.visits.care.acts.standing import LONGEST_TEXT, must_lead, standing_of
from linli.visits.care.models import CARE_LIFE, PROMISE_LIFE, CarePlan, Carer, CareVisit, Promise
from linli.visits.care.rules import ENDINGS, KEEP, Ground, PlanFacts, is_minor, missing, review_due
from linli.works.files.acts import keep_file
from linli.works.files.models import StoredFile
from linli.works.files.queries import place_of
from linli.works.jobs.acts import hourly

FORGOTTEN_AT_ONCE = 200


@act(
    "care.open",
    zh="开展关爱",
    en="open a plan of care",
    within=lambda facts: facts["agency"].path,
)
def open_plan(
    actor: Actor, *, agency: Agency, facts: PlanFacts, consent_paper: tuple[bytes, str] | None = None
) -> CarePlan:
    """Begin a plan; whoever opens it leads it, and nobody else knows of it. ``consent_paper``: the photographed paper
    and its file name. Raises Invalid naming the first field that a lawful plan still lacks (``care.rules.missing``).
    """
    today = clock.today()
    _check(
        facts.ground_given(paper=consent_paper is not None),
        called=facts.called,
        name=facts.name,
        situation=facts.situation,
        today=today,
    )
    by_consent = facts.ground == "consent"
    paper = keep_file(actor, body=consent_paper[0], title=consent_paper[1]) if by_consent and consent_paper else None
    plan = CarePlan(
        called=facts.called.strip(),
        agency=agency,
        reason=facts.reason,
        birth_year=facts.birth_year,
        minor=is_minor(facts.birth_year, facts.reason, today),
        guardian_relation=facts.guardian_relation,
        ground=facts.ground,
        consent_on=facts.consent_on if by_consent else None,
        consent_way=facts.consent_way if by_consent else "",
        consent_file=paper,
        child_heard=facts.child_heard,
        opened_on=today,
        review_on=review_due(today, facts.review_on),
    )
    _seal(plan, facts)
    plan.save(force_insert=True)
    Carer.objects.create(plan=plan, person_id=actor.id, role="lead", since=clock.now())
    return plan


def _seal(plan: CarePlan, facts: PlanFacts) -> None:
    sealed = {
        "name": facts.name,
        "phone": plain_phone(facts.phone),
        "address": facts.address,
        "situation": facts.situation[:LONGEST_TEXT],
        "guardian_name": facts.guardian_name,
        "guardian_phone": plain_phone(facts.guardian_phone),
        "consent_by": facts.consent_by if facts.ground == "consent" else "",
    }
    for field, text in sealed.items():
        plan.put(field, text)


def _check(given: Ground, *, called: str, name: str, situation: str, today: date) -> None:
    for field, text in (("called", called), ("name", name), ("situation", situation)):
        if not text.strip():
            raise Invalid("fact.missing", field=field)
    if called.strip() in name or name.strip() in called:
        raise Invalid("care.alias_is_name", field="called")
    lacking = missing(given, today)
    if lacking:
        raise Invalid("fact.missing", field=lacking)


@act("care.change", zh="修改关爱情况", en="change a plan of care", about="plan")
def change_plan(
    actor: Actor, *, plan: CarePlan, version: int, called: str, situation: str, phone: str = "", address: str = ""
) -> CarePlan:
    """Other facts; blank telephone and address leave what is there. Conflict when the plan has changed since it was
    shown.
    """
    must_lead(actor, plan, "修改")
    _check(_kept_ground(plan), called=called, name=plan.told("name") or "·", situation=situation, today=clock.today())
    copy = CarePlan(id=plan.pk)
    values: dict[str, Any] = {"called": called.strip()}
    for field, text in (("situation", situation[:LONGEST_TEXT]), ("phone", plain_phone(phone)), ("address", address)):
        if text.strip():
            copy.put(field, text)
            values[f"{field}_sealed"] = getattr(copy, f"{field}_sealed")
    changed = CarePlan.objects.running().filter(pk=plan.pk, version=version)
    if not changed.update(version=F("version") + 1, **values):
        raise Conflict("care.over" if plan.state != "running" else "care.changed")
    plan.refresh_from_db()
    return plan


def _kept_ground(plan: CarePlan) -> Ground:
    kept = Ground(
        ground=plan.ground,
        reason=plan.reason,
        birth_year=plan.birth_year,
        consent_by=plan.told("consent_by"),
        consent_on=plan.consent_on,
        consent_way=plan.consent_way,
        consent_paper=plan.consent_file_id is not None,
        guardian_name=plan.told("guardian_name"),
        guardian_relation=plan.guardian_relation,
        child_heard=plan.child_heard,
    )
    # What was lawful when it was opened stays so: a child that has turned eight is asked at the next review.
    return replace(kept, child_heard=True)


@act("care.review", zh="复核关爱", en="review a plan of care", keeps=("next_on",), about="plan")
def review_plan(actor: Actor, *, plan: CarePlan, next_on: date | None = None) -> CarePlan:
    """The lead has looked whether it is still needed; the next look is at most half a year away."""
    must_lead(actor, plan, "复核")
    due = review_due(clock.today(), next_on)
    if not CarePlan.objects.running().filter(pk=plan.pk).update(review_on=due, version=F("version") + 1):
        raise Conflict("care.over")
    plan.refresh_from_db()
    return plan


@act("care.end", zh="结束关爱", en="end a plan of care", keeps=("reason",), about="plan")
def end_plan(actor: Actor, *, plan: CarePlan, reason: str) -> CarePlan:
    """The plan ends, with a reason; its open promises with it. What is personal in it goes after ``KEEP``."""
    must_lead(actor, plan, "结束")
    if reason not in ENDINGS:
        raise Invalid("fact.missing", field="reason")
    today = clock.today()
    take(plan, CARE_LIFE, "end", end_reason=reason, ended_on=today, keep_until=today + KEEP)
    for promise in Promise.objects.open().filter(plan=plan):
        take(promise, PROMISE_LIFE, "drop", done_on=today)
    return plan


@act("care.withdraw", zh="撤回关爱同意", en="withdraw consent to care", about="plan")
def withdraw_consent(actor: Actor, *, plan: CarePlan) -> CarePlan:
    """Consent has ended, so the plan has: all that is personal in it is erased at once. Any carer who hears it writes
    it down: it needs nobody's leave. Raises Conflict ``care.not_consent`` for a statutory plan.
    """
    standing_of(actor, plan)
    if plan.ground != "consent":
        raise Conflict("care.not_consent")
    today = clock.today()
    take(plan, CARE_LIFE, "withdraw", ended_on=today, keep_until=today)
    for promise in Promise.objects.open().filter(plan=plan):
        take(promise, PROMISE_LIFE, "drop", done_on=today)
    _erase(CarePlan.objects.filter(pk=plan.pk))
    plan.refresh_from_db()
    return plan


def _erase(plans: QuerySet[CarePlan]) -> None:
    """Empty everything personal; days, kinds and numbers stay."""
    keys = list(plans.values_list("pk", flat=True))
    papers = list(plans.exclude(consent_file=None).values_list("consent_file", flat=True))
    Promise.objects.filter(plan__in=keys).update(what_sealed=b"", outcome_sealed=b"")
    CareVisit.objects.filter(plan__in=keys).update(note_sealed=b"")
    empty = {f"{field}_sealed": b"" for field in CarePlan.SEALED}
    CarePlan.objects.filter(pk__in=keys).update(
        **empty, called="—", birth_year=None, consent_file=None, erased_at=clock.now(), version=F("version") + 1
    )
    for sha256 in papers:
        _forget_paper(sha256)


def _forget_paper(sha256: str) -> None:
    """Take a photographed paper out of the store, unless the same file hangs elsewhere too."""
    try:
        with transaction.atomic():
            StoredFile.objects.filter(pk=sha256).delete()
    except ProtectedError:
        return
    transaction.on_commit(lambda: default_storage.delete(place_of(sha256)))


@hourly("care.forget")
def forget_ended(payload: dict[str, Any]) -> None:
    """What is personal in plans whose time is over goes."""
    over = CarePlan.objects.filter(keep_until__lt=clock.today(), erased_at__isnull=True)
    _erase(CarePlan.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])))
