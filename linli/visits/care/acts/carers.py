"""Naming carers, handing on the lead, releasing."""

from __future__ import annotations

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotFound
from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.visits.care.acts.standing import must_lead, must_run, touched
from linli.visits.care.models import CarePlan, Carer
from linli.visits.care.queries import is_partner, without_lead
from linli.visits.care.rules import NEEDS_SEEN, may_be_shown


@act("care.name_carer", zh="指定关爱人", en="name a carer", keeps=("role",), about="plan")
def name_carer(
    actor: Actor, *, plan: CarePlan, person: Person, role: str = "carer", sees: frozenset[str] = frozenset()
) -> CarePlan:
    """One more person knows of the plan, from now on. Who works beside the police is always a partner and sees only
    ``sees``, of a child never who it is. A new lead takes the place of the one who names him.
    """
    must_lead(actor, plan, "指定关爱人")
    must_run(plan)
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
            return touched(plan)
    shown = may_be_shown(sees, minor=plan.minor) if partner else frozenset()
    flags = {f"sees_{field}": field in shown for field in NEEDS_SEEN}
    Carer.objects.create(plan=plan, person=person, role=role, since=clock.now(), **flags)
    return touched(plan)


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
        touched(plan)
    if not plans:
        raise Conflict("care.none_left_alone")
    return len(plans)


@act("care.release_carer", zh="免除关爱人", en="release a carer", about="plan")
def release_carer(actor: Actor, *, plan: CarePlan, person: Person) -> CarePlan:
    """From now on the plan does not exist for this person. The lead releases others, everybody himself; a lead names
    another first.
    """
    if person.pk != actor.id:
        must_lead(actor, plan, "免除关爱人")
    held = Carer.objects.now().filter(plan=plan, person=person).first()
    if held is None:
        raise NotFound("row.unknown", what=str(person.pk))
    if held.role == "lead":
        raise Conflict("care.lead_stays")
    Carer.objects.filter(pk=held.pk).update(until=clock.now())
    return touched(plan)
