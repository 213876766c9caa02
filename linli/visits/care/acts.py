"""Opening a plan, naming carers, promising, visiting, looking again, ending; and forgetting what is personal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, ProtectedError, QuerySet

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, declare
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.matters.parties.rules import plain_phone
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.visits.care.models import CARE_LIFE, PROMISE_LIFE, CarePlan, Carer, CareVisit, Promise
from linli.visits.care.queries import is_partner, without_lead
from linli.visits.care.rules import (
    ENDINGS,
    KEEP,
    NEEDS_SEEN,
    VISIT_KINDS,
    Ground,
    is_minor,
    may_be_shown,
    missing,
    review_due,
)
from linli.works.files.acts import keep_file
from linli.works.files.models import StoredFile
from linli.works.files.queries import place_of
from linli.works.jobs.acts import hourly

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
_LONGEST_TEXT = 2000
_FORGOTTEN_AT_ONCE = 200


def _standing(actor: Actor, plan: CarePlan) -> Carer:
    """How the actor stands in a plan; a stranger learns nothing (NotFound)."""
    found = Carer.objects.now().filter(plan=plan, person_id=actor.id).first()
    if found is None:
        raise NotFound("row.unknown", what=str(plan.pk))
    return found


def _lead(actor: Actor, plan: CarePlan, what: str) -> None:
    if _standing(actor, plan).role != "lead":
        raise NotAllowed("care.only_lead", act=what)


def _running(plan: CarePlan) -> None:
    if not CarePlan.objects.running().filter(pk=plan.pk).exists():
        raise Conflict("care.over")


@act(
    "care.open",
    zh="开展关爱",
    en="open a plan of care",
    keeps=("ground",),
    within=lambda facts: facts["agency"].path,
)
def open_plan(
    actor: Actor,
    *,
    agency: Agency,
    called: str,
    reason: str,
    ground: str,
    name: str,
    situation: str,
    phone: str = "",
    address: str = "",
    birth_year: int | None = None,
    guardian_name: str = "",
    guardian_phone: str = "",
    guardian_relation: str = "",
    consent_by: str = "",
    consent_on: date | None = None,
    consent_way: str = "",
    consent_paper: tuple[bytes, str] | None = None,
    child_heard: bool = False,
    review_on: date | None = None,
) -> CarePlan:
    """Begin a plan; whoever opens it leads it, and nobody else knows of it. Raises Invalid naming the first field that
    a lawful plan still lacks (``care.rules.missing``). ``consent_paper``: the photographed paper and its file name.
    """
    today = clock.today()
    given = Ground(
        ground=ground,
        reason=reason,
        birth_year=birth_year,
        consent_by=consent_by,
        consent_on=consent_on,
        consent_way=consent_way,
        consent_paper=consent_paper is not None,
        guardian_name=guardian_name,
        guardian_relation=guardian_relation,
        child_heard=child_heard,
    )
    _check(given, called=called, name=name, situation=situation, today=today)
    by_consent = ground == "consent"
    paper = keep_file(actor, body=consent_paper[0], title=consent_paper[1]) if by_consent and consent_paper else None
    plan = CarePlan(
        called=called.strip(),
        agency=agency,
        reason=reason,
        birth_year=birth_year,
        minor=is_minor(birth_year, reason, today),
        guardian_relation=guardian_relation if guardian_name or guardian_relation else "",
        ground=ground,
        consent_on=consent_on if by_consent else None,
        consent_way=consent_way if by_consent else "",
        consent_file=paper,
        child_heard=child_heard,
        opened_on=today,
        review_on=review_due(today, review_on),
    )
    sealed = {
        "name": name,
        "phone": plain_phone(phone),
        "address": address,
        "situation": situation[:_LONGEST_TEXT],
        "guardian_name": guardian_name,
        "guardian_phone": plain_phone(guardian_phone),
        "consent_by": consent_by if by_consent else "",
    }
    for field, text in sealed.items():
        plan.put(field, text)
    plan.save(force_insert=True)
    Carer.objects.create(plan=plan, person_id=actor.id, role="lead", since=clock.now())
    return plan


def _check(given: Ground, *, called: str, name: str, situation: str, today: date) -> None:
    for field, text in (("called", called), ("name", name), ("situation", situation)):
        if not text.strip():
            raise Invalid("fact.missing", field=field)
    if called.strip() in name or name.strip() in called:
        raise Invalid("care.alias_is_name", field="called")
    lacking = missing(given, today)
    if lacking:
        raise Invalid("fact.missing", field=lacking)


@act("care.name_carer", zh="指定关爱人", en="name a carer", keeps=("role",), about="plan")
def name_carer(
    actor: Actor, *, plan: CarePlan, person: Person, role: str = "carer", sees: frozenset[str] = frozenset()
) -> CarePlan:
    """One more person knows of the plan, from now on. Who works beside the police is always a partner and sees only
    ``sees``, of a child never who it is. A new lead takes the place of the one who names him.
    """
    _lead(actor, plan, "指定关爱人")
    _running(plan)
    partner = is_partner(person)
    if role not in Carer.ROLES or (role == "partner") != partner:
        raise Invalid("fact.wrong", field="role", why=role)
    held = Carer.objects.now().filter(plan=plan, person=person).first()
    if held and (role != "lead" or held.role == "lead"):
        raise Conflict("care.named_already", name=person.name)
    if role == "lead":
        Carer.objects.now().filter(plan=plan, role="lead").update(role="carer")
        if held:
            Carer.objects.filter(pk=held.pk).update(role="lead")
            return _touched(plan)
    shown = may_be_shown(sees, minor=plan.minor) if partner else frozenset()
    flags = {f"sees_{field}": field in shown for field in NEEDS_SEEN}
    Carer.objects.create(plan=plan, person=person, role=role, since=clock.now(), **flags)
    return _touched(plan)


@act(
    "care.take_over",
    zh="接手无人负责的关爱",
    en="take over plans of care without a lead",
    about="station",
    within=lambda facts: facts["station"].path,
)
def take_over(actor: Actor, *, station: Agency) -> int:
    """The chief leads the plans of his station whose lead has gone, until he names another. Plans that are led stay
    unknown to him. Returns how many; raises Conflict ``care.none_left_alone`` when there are none.
    """
    now = clock.now()
    plans = without_lead(station)
    for plan in plans:
        held = Carer.objects.now().filter(plan=plan)
        held.filter(role="lead").update(until=now)
        if not held.filter(person_id=actor.id).update(role="lead"):
            Carer.objects.create(plan=plan, person_id=actor.id, role="lead", since=now)
        _touched(plan)
    if not plans:
        raise Conflict("care.none_left_alone")
    return len(plans)


@act("care.release_carer", zh="免除关爱人", en="release a carer", about="plan")
def release_carer(actor: Actor, *, plan: CarePlan, person: Person) -> CarePlan:
    """From now on the plan does not exist for this person. The lead releases others, everybody himself; a lead names
    another first.
    """
    if person.pk != actor.id:
        _lead(actor, plan, "免除关爱人")
    held = Carer.objects.now().filter(plan=plan, person=person).first()
    if held is None:
        raise NotFound("row.unknown", what=str(person.pk))
    if held.role == "lead":
        raise Conflict("care.lead_stays")
    Carer.objects.filter(pk=held.pk).update(until=clock.now())
    return _touched(plan)


def _touched(plan: CarePlan) -> CarePlan:
    CarePlan.objects.filter(pk=plan.pk).update(version=F("version") + 1)
    plan.refresh_from_db()
    return plan


@act("care.promise", zh="作出承诺", en="promise something", keeps=("due_on",))
def make_promise(actor: Actor, *, plan: CarePlan, what: str, due_on: date, row_id: Any = None) -> Promise:
    """Write down what the actor promised, and until when."""
    _standing(actor, plan)
    _running(plan)
    if not what.strip():
        raise Invalid("fact.missing", field="what")
    if due_on < clock.today():
        raise Invalid("fact.wrong", field="due_on", why=due_on.isoformat())
    row = Promise(id=row_id or new_id(), plan=plan, by_id=actor.id, promised_on=clock.today(), due_on=due_on)
    row.put("what", what[:_LONGEST_TEXT])
    row.save(force_insert=True)
    return row


@act("care.settle_promise", zh="回告承诺", en="say what came of a promise", keeps=("move",), about="promise")
def settle_promise(actor: Actor, *, promise: Promise, move: str, outcome: str = "") -> Promise:
    """Kept, or no longer wanted; the outcome in words. Any carer may: what counts is that it was done."""
    _standing(actor, promise.plan)
    if move == "keep" and not outcome.strip():
        raise Invalid("fact.missing", field="outcome")
    sealed = promise.put("outcome", outcome[:_LONGEST_TEXT])
    take(promise, PROMISE_LIFE, move, done_on=clock.today(), outcome_sealed=sealed)
    return promise


@act("care.visit", zh="关爱走访", en="visit for care", keeps=("kind",))
def visit_for_care(
    actor: Actor,
    *,
    plan: CarePlan,
    kind: str,
    note: str = "",
    minutes: int | None = None,
    at: datetime | None = None,
    device_at: datetime | None = None,
    row_id: Any = None,
) -> CareVisit:
    """Write down that the actor was there or called. ``at`` is when (now if not given), never in the future."""
    _standing(actor, plan)
    _running(plan)
    if kind not in VISIT_KINDS:
        raise Invalid("fact.wrong", field="kind", why=kind)
    now = clock.now()
    row = CareVisit(
        id=row_id or new_id(),
        plan=plan,
        by_id=actor.id,
        kind=kind,
        minutes=minutes,
        at=min(at or device_at or now, now),
        recorded_at=now,
    )
    row.put_note(note[:_LONGEST_TEXT])
    row.save(force_insert=True)
    return row


@act("care.change", zh="修改关爱情况", en="change a plan of care", about="plan")
def change_plan(
    actor: Actor, *, plan: CarePlan, version: int, called: str, situation: str, phone: str = "", address: str = ""
) -> CarePlan:
    """Other facts; blank telephone and address leave what is there. Conflict when the plan has changed since it was
    shown.
    """
    _lead(actor, plan, "修改")
    _check(_kept_ground(plan), called=called, name=plan.told("name") or "·", situation=situation, today=clock.today())
    copy = CarePlan(id=plan.pk)
    values: dict[str, Any] = {"called": called.strip()}
    for field, text in (("situation", situation[:_LONGEST_TEXT]), ("phone", plain_phone(phone)), ("address", address)):
        if text.strip():
            copy.put(field, text)
            values[f"{field}_sealed"] = getattr(copy, f"{field}_sealed")
    changed = CarePlan.objects.running().filter(pk=plan.pk, version=version)
    if not changed.update(version=F("version") + 1, **values):
        raise Conflict("care.over" if plan.state != "running" else "care.changed")
    plan.refresh_from_db()
    return plan


declare("care.changed", zh="他人刚改过，请刷新后再改。", en="Somebody has just changed this; reload first.")


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
    _lead(actor, plan, "复核")
    due = review_due(clock.today(), next_on)
    if not CarePlan.objects.running().filter(pk=plan.pk).update(review_on=due, version=F("version") + 1):
        raise Conflict("care.over")
    plan.refresh_from_db()
    return plan


@act("care.end", zh="结束关爱", en="end a plan of care", keeps=("reason",), about="plan")
def end_plan(actor: Actor, *, plan: CarePlan, reason: str) -> CarePlan:
    """The plan ends, with a reason; its open promises with it. What is personal in it goes after ``KEEP``."""
    _lead(actor, plan, "结束")
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
    _standing(actor, plan)
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
    _erase(CarePlan.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:_FORGOTTEN_AT_ONCE])))
