"""Naming who works in a case, and letting somebody go."""

from __future__ import annotations

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotAllowed
from linli.kernel.scope import Actor
from linli.matters.parties.rules import plain_phone
from linli.mediation.cases.acts.following import give_matter
from linli.mediation.cases.acts.standing import must_lead, must_run, standing_of
from linli.mediation.cases.models import CaseMember, MediationCase
from linli.mediation.cases.rules import PARTS, TAKES_PART
from linli.mediation.parties.models import Disputant, index_of
from linli.org.people.models import Person
from linli.org.posts.models import Post


@act("mediation.name_member", zh="指定调解人员", en="name who works in a case", keeps=("person", "part"), about="case")
def name_member(actor: Actor, *, case: MediationCase, person: Person, part: str) -> CaseMember:
    """One more who works in it and sees it; a new lead puts the one before among the mediators. Raises Invalid for
    somebody without such a post, or who is a party himself.
    """
    must_lead(actor, case)
    must_run(case)
    if part not in PARTS:
        raise Invalid("fact.wrong", field="part", why=part[:12])
    if not Post.objects.held_on(clock.today()).filter(person=person, code__in=TAKES_PART).exists():
        raise Invalid("mediation.wrong_member", who=person.name, field="person")
    _check_interest(case, person)
    if part == "lead":
        now_leads = CaseMember.objects.now().filter(case=case, part="lead")
        now_leads.exclude(person=person).update(part="mediator")
        give_matter(case, person.pk)
    there = CaseMember.objects.now().filter(case=case, person=person).first()
    if there is None:
        return CaseMember.objects.create(case=case, person=person, part=part, since=clock.now())
    if there.part == "lead" and part != "lead":
        raise Conflict("mediation.not_lead")
    CaseMember.objects.filter(pk=there.pk).update(part=part)
    there.refresh_from_db()
    return there


def _check_interest(case: MediationCase, person: Person) -> None:
    """Somebody who is a party does not work in the case: found by telephone, else by name."""
    phone, parties = plain_phone(person.phone), Disputant.objects.filter(case=case)
    if phone and parties.filter(phone_index=index_of("phone", phone)).exists():
        raise Invalid("mediation.interest", who=person.name, field="person")
    if parties.filter(name_index=index_of("name", person.name), is_body=False).exists():
        raise Invalid("mediation.interest", who=person.name, field="person")


@act("mediation.release_member", zh="免除调解人员", en="release somebody from a case", keeps=("person",), about="case")
def release_member(actor: Actor, *, case: MediationCase, person: Person) -> MediationCase:
    """By the lead, or by oneself; the lead names another first. Raises NotAllowed otherwise."""
    own = standing_of(actor, case)
    if own.part != "lead" and person.pk != actor.id:
        raise NotAllowed("mediation.not_lead")
    changed = CaseMember.objects.now().filter(case=case, person=person).exclude(part="lead").update(until=clock.now())
    if not changed:
        raise Conflict("mediation.not_lead")
    return case
