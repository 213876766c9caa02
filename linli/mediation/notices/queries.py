"""Which reminders are due now, and what has been written to whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from linli.kernel import clock
from linli.kernel.words import Words
from linli.mediation.agreements.models import Agreement, FollowUp, Instalment, Signature
from linli.mediation.agreements.queries import signers_of
from linli.mediation.agreements.rules import still_to_sign
from linli.mediation.cases.models import CaseMember, MediationCase
from linli.mediation.courts.models import CourtCase
from linli.mediation.notices import rules
from linli.mediation.parties.models import Disputant
from linli.mediation.parties.rules import REACH
from linli.mediation.sessions.models import MediationSession
from linli.org.people.models import Person
from linli.org.reach.queries import written_to
from linli.works.channels.queries import addresses_by_channel, ways_out
from linli.works.outbox.models import MESSAGE_LIFE, Message

SESSION = "mediation.session"
CASE = "mediation.case"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to be written: to a party or to a person; ``step`` and ``row`` make its key."""

    template: str
    case: MediationCase
    body: dict[str, Any]
    row: object
    step: object
    party: Disputant | None = None
    person: Person | None = None
    subject_type: str = CASE
    subject_id: str = ""

    @property
    def key(self) -> Any:
        whom = self.party.pk if self.party else self.person.pk if self.person else ""
        return rules.key_of(self.template, self.row, whom, self.step)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a message to a party, in words; ``by_hand``: somebody must tell the party himself."""

    party: Disputant
    name: str
    words: Words
    by_hand: bool


def body_of(case: MediationCase, **more: Any) -> dict[str, Any]:
    """What every message of a case says: its number and whom to ask."""
    return {"number": case.matter.number, "phone": case.agency.phone, "link": f"/mediation/{case.pk}", **more}


def session_body(session: MediationSession) -> dict[str, Any]:
    """When and where; a place in words and the link for joining are told by the mediator, they stand sealed."""
    room = session.room
    where = room.name if room else "远程参加，请问调解员" if session.told("link") else "请问调解员"
    case = session.case
    told = body_of(case, when=rules.said_moment(clock.shanghai(session.begins_at)), where=where)
    return told | {"phone": (room.phone if room else "") or case.agency.phone}


def parties_of(case: MediationCase, side: str = "") -> list[Disputant]:
    """The parties, of one side where it is named."""
    rows = Disputant.objects.filter(case=case)
    return list(rows.filter(side=side) if side else rows)


def members_of(case: MediationCase, *, lead: bool = False) -> list[Person]:
    """Who works in it now; the lead alone where only he is asked."""
    rows = CaseMember.objects.now().filter(case=case).select_related("person")
    return [one.person for one in (rows.filter(part="lead") if lead else rows)]


def due_notices(at: datetime) -> list[Notice]:
    """Every reminder that is due, was not written yet and reaches somebody."""
    if not ways_out():
        return []
    today = clock.shanghai(at).date()
    found = [
        *_sessions(at),
        *_unsigned(today),
        *_confirmations(today),
        *_courts(today),
        *_instalments(today),
        *_looks(today),
    ]
    there = set(Message.objects.filter(pk__in=[one.key for one in found]).values_list("pk", flat=True))
    return [one for one in found if one.key not in there and _reaches(one)]


def _reaches(one: Notice) -> bool:
    if one.party is not None:
        return bool(addresses_of_party(one.party))
    return one.person is not None and bool(written_to(one.person))


def addresses_of_party(party: Disputant) -> dict[str, str]:
    """Where a party wants to be told: its number by the channel that it chose; for a child that of who acts for it.
    Only for sending. Empty where somebody must tell it himself.
    """
    if party.reach == "none":
        return {}
    phone = party.told("guardian_phone" if party.told("guardian") else "phone")
    return addresses_by_channel(wecom="", phone=phone, kinds=(party.reach,))


def _all(
    template: str,
    case: MediationCase,
    body: dict[str, Any],
    row: object,
    step: object,
    *,
    parties: Iterable[Disputant] = (),
    people: Iterable[Person] = (),
) -> Iterator[Notice]:
    for party in parties:
        yield Notice(template, case, body, row, step, party=party)
    for person in people:
        yield Notice(f"{template}_lead", case, body, row, step, person=person)


def _sessions(at: datetime) -> Iterator[Notice]:
    until = at + timedelta(hours=rules.SESSION_AHEAD_H)
    rows = MediationSession.objects.filter(state="planned", begins_at__gt=at, begins_at__lte=until)
    for one in rows.select_related("case__matter", "case__agency", "room")[:AT_ONCE]:
        parties, people = parties_of(one.case), members_of(one.case)
        yield from _all("mediation.session", one.case, session_body(one), one.pk, "day", parties=parties, people=people)


def _unsigned(today: date) -> Iterator[Notice]:
    rows = Agreement.objects.filter(state="signing").select_related("case__matter", "case__agency")
    for one in rows[:AT_ONCE]:
        given = dict(Signature.objects.filter(agreement=one).values_list("key", "at"))
        first_on = clock.shanghai(min(given.values())).date()
        step = rules.step_after((today - first_on).days, rules.UNSIGNED_AFTER)
        if step is None:
            continue
        missing = set(still_to_sign(signers_of(one), given))
        parties = [party for party in parties_of(one.case) if f"party:{party.pk}" in missing]
        body = body_of(one.case, n=len(missing))
        yield from _all("mediation.sign", one.case, body, one.pk, step, parties=parties, people=_lead(one.case))


def _confirmations(today: date) -> Iterator[Notice]:
    until = today + timedelta(days=max(rules.CONFIRM_BEFORE))
    rows = Agreement.objects.filter(
        state__in=("in_effect", "performed"), confirmation="none", confirm_by__range=(today, until)
    )
    for one in rows.select_related("case__matter", "case__agency")[:AT_ONCE]:
        if one.confirm_by is None:
            continue
        step = rules.step_before((one.confirm_by - today).days, rules.CONFIRM_BEFORE)
        body = body_of(one.case, due=rules.said_day(one.confirm_by))
        parties, people = parties_of(one.case), _lead(one.case)
        yield from _all("mediation.confirm", one.case, body, one.pk, step, parties=parties, people=people)


def _courts(today: date) -> Iterator[Notice]:
    until = today + timedelta(days=max(rules.COURT_BEFORE))
    rows = CourtCase.objects.filter(returned_on__isnull=True, due_on__range=(today, until))
    for one in rows.select_related("case__matter", "case__agency")[:AT_ONCE]:
        step = rules.step_before((one.due_on - today).days, rules.COURT_BEFORE)
        body = body_of(one.case, due=rules.said_day(one.due_on))
        yield from _all("mediation.court", one.case, body, one.pk, step, people=_lead(one.case))


def _instalments(today: date) -> Iterator[Notice]:
    until = today + timedelta(days=max(rules.OWED_BEFORE))
    rows = Instalment.objects.filter(done_on__isnull=True, due_on__lte=until, agreement__state="in_effect")
    for one in rows.select_related("agreement__case__matter", "agreement__case__agency")[:AT_ONCE]:
        case, left = one.agreement.case, (one.due_on - today).days
        body = body_of(case, due=rules.said_day(one.due_on))
        before, after = rules.step_before(left, rules.OWED_BEFORE), rules.step_after(-left, rules.OVERDUE_AFTER)
        if before is not None:
            yield from _all("mediation.owed", case, body, one.pk, before, parties=parties_of(case, one.side))
        elif after is not None:
            yield from _all("mediation.overdue", case, body, one.pk, after, people=_lead(case))


def _looks(today: date) -> Iterator[Notice]:
    rows = FollowUp.objects.filter(done_on__isnull=True, due_on__lte=today)
    for one in rows.select_related("case__matter", "case__agency")[:AT_ONCE]:
        step = rules.step_after((today - one.due_on).days, rules.LOOK_AFTER)
        body = body_of(one.case, due=rules.said_day(one.due_on))
        yield from _all("mediation.look", one.case, body, one.pk, step, people=_lead(one.case))


def _lead(case: MediationCase) -> list[Person]:
    return members_of(case, lead=True)


def invited(session: MediationSession) -> list[Written]:
    """What became of each party's invitation to a session."""
    sent: dict[Any, Message] = {}
    rows = Message.objects.filter(subject_type=SESSION, subject_id=str(session.pk), template="mediation.invited")
    for row in rows.order_by("queued_at"):
        sent[row.recipient] = row
    return [_written(party, sent.get(party.pk)) for party in parties_of(session.case)]


def _written(party: Disputant, row: Message | None) -> Written:
    name = party.told("name")
    if row is None:
        return Written(party, name, Words("没有发出，请当面或打电话通知", "not written: tell the party yourself"), True)
    words = MESSAGE_LIFE.state(row.state).words
    said = Words(f"{REACH[party.reach].zh}：{words.zh}", f"{REACH[party.reach].en}: {words.en}")
    return Written(party, name, said, row.state == "failed")
