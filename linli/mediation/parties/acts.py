"""Writing down the parties, reading them their rights, and asking whether they consent."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Max, Q

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.matters.parties.rules import plain_phone
from linli.mediation.agreements.models import Agreement
from linli.mediation.cases.acts.ending import end_for_refusal
from linli.mediation.cases.acts.standing import must_run, standing_of
from linli.mediation.cases.models import CaseMember, MediationCase
from linli.mediation.cases.rules import SPOKESPERSONS
from linli.mediation.parties.models import Disputant, index_of
from linli.mediation.parties.rules import CONSENT, PartyFacts, born_of
from linli.org.people.models import Person

READ_WAYS = ("screen", "paper", "spoken")


@act("dispute_party.add", zh="登记当事人", en="write down a party")
def add_party(actor: Actor, *, case: MediationCase, facts: PartyFacts, row_id: Any = None) -> Disputant:
    """One more party on a side. Raises Invalid for a child without guardian, somebody who stands on the other side or
    works in the case, and for more than the spokespersons of a group.
    """
    standing_of(actor, case)
    must_run(case)
    if Agreement.objects.filter(case=case, state="signing").exists():
        raise Conflict("agreement.pending")
    facts.check(clock.today())
    _check_elsewhere(case, facts)
    _check_interest(case, facts)
    on_side = Disputant.objects.filter(case=case, side=facts.side)
    if case.is_group and on_side.count() >= SPOKESPERSONS:
        raise Invalid("party.no_list", most=SPOKESPERSONS, field="name")
    last = on_side.aggregate(last=Max("place"))["last"] or 0
    row = Disputant(id=row_id or new_id(), case=case, side=facts.side, place=last + 1, is_body=facts.is_body)
    row.reach = facts.reach
    row.speaks_for = facts.speaks_for or case.is_group
    _seal(row, facts)
    row.save(force_insert=True)
    return row


def _seal(row: Disputant, facts: PartyFacts) -> None:
    born = born_of(facts)
    phone = plain_phone(facts.phone)
    sealed = {
        "name": facts.name,
        "phone": phone,
        "id_number": facts.id_number,
        "born": born.isoformat() if born else "",
        "address": facts.address,
        "guardian": facts.guardian,
        "guardian_phone": plain_phone(facts.guardian_phone),
        "agent": facts.agent,
    }
    for field, text in sealed.items():
        row.put(field, text[:200])
    row.name_index = index_of("name", facts.name)
    row.phone_index = index_of("phone", phone)
    row.id_number_index = index_of("id_number", facts.id_number)


def _check_elsewhere(case: MediationCase, facts: PartyFacts) -> None:
    """The same person by identity number, else by telephone and name; two neighbours may bear one name."""
    same = Q(name_index=index_of("name", facts.name), phone_index=index_of("phone", plain_phone(facts.phone)))
    if facts.id_number.strip():
        same |= Q(id_number_index=index_of("id_number", facts.id_number))
    there = Disputant.objects.filter(same, case=case).first()
    if there is not None:
        raise Invalid("party.twice" if there.side == facts.side else "party.both_sides", field="name")


def _check_interest(case: MediationCase, facts: PartyFacts) -> None:
    if facts.is_body:
        return
    members = Person.objects.filter(pk__in=CaseMember.objects.now().filter(case=case).values("person_id"))
    phone = plain_phone(facts.phone)
    for person in members:
        if person.name == facts.name.strip() or (phone and plain_phone(person.phone) == phone):
            raise Invalid("party.is_mediator", field="name")


@act("dispute_party.read_rights", zh="告知权利义务", en="read a party its rights", keeps=("way",), about="party")
def read_rights(actor: Actor, *, party: Disputant, way: str) -> Disputant:
    """Rights and duties were read to the party, who confirmed it: on the screen, on paper, or spoken and noted."""
    standing_of(actor, party.case)
    must_run(party.case)
    if way not in READ_WAYS:
        raise Invalid("fact.wrong", field="way", why=way[:12])
    rows = Disputant.objects.filter(pk=party.pk, rights_at__isnull=True)
    rows.update(rights_at=clock.now(), rights_way=way, version=F("version") + 1)
    party.refresh_from_db()
    return party


@act("dispute_party.answer", zh="征求调解意愿", en="note whether a party consents", keeps=("consent",), about="party")
def note_consent(actor: Actor, *, party: Disputant, consent: str) -> Disputant:
    """Consent or refusal, after the rights were read. A clear refusal ends mediation, and nobody asks again: Conflict
    ``party.refused``.
    """
    standing_of(actor, party.case)
    if party.consent == "refused" or Disputant.objects.filter(pk=party.pk, consent="refused").exists():
        raise Conflict("party.refused")
    must_run(party.case)
    if consent not in CONSENT or consent == "unasked":
        raise Invalid("fact.wrong", field="consent", why=consent[:12])
    if party.rights_at is None:
        raise Invalid("party.rights_first", field="consent")
    rows = Disputant.objects.filter(pk=party.pk).exclude(consent="refused")
    if not rows.update(consent=consent, consent_at=clock.now(), version=F("version") + 1):
        raise Conflict("party.refused")
    party.refresh_from_db()
    if consent == "refused":
        end_for_refusal(party.case)
    return party
