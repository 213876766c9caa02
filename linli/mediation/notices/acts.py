"""Writing to parties and to who works in a case: rows of the outbox in the caller's transaction, sent by the worker."""

from __future__ import annotations

import uuid
from typing import Any

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict
from linli.kernel.scope import Actor, system
from linli.mediation.cases.acts.standing import standing_of
from linli.mediation.notices.queries import (
    SESSION,
    Notice,
    addresses_of_party,
    due_notices,
    members_of,
    parties_of,
    session_body,
)
from linli.mediation.notices.rules import key_of, may_write_at
from linli.mediation.parties.models import Disputant
from linli.mediation.sessions.models import MediationSession
from linli.org.people.models import Person
from linli.org.reach.acts import let_know
from linli.works.jobs.acts import hourly
from linli.works.outbox.acts.queueing import store
from linli.works.outbox.models import Message

REMINDER = system("mediation")


def tell_party(
    party: Disputant,
    *,
    template: str,
    body: dict[str, Any],
    subject_type: str,
    subject_id: str,
    key: uuid.UUID,
) -> Message | None:
    """Queue a message by the channel that the party chose; for a child to who acts for it. None where the party wants
    no message or no channel reaches it: then somebody tells it himself. Part of the caller's deed.
    """
    held = addresses_of_party(party)
    if not held:
        return None
    message = Message(
        id=key,
        channel=next(iter(held)),
        template=template,
        recipient=party.pk,
        body=body,
        subject_type=subject_type,
        subject_id=subject_id,
    )
    return store(message, held)


def _tell_people(people: list[Person], session: MediationSession, template: str, body: dict[str, Any]) -> None:
    for person in people:
        key = key_of(template, session.pk, person.pk, session.version)
        let_know(person, template=template, body=body, subject_type=SESSION, subject_id=str(session.pk), key=key)


@act("mediation_session.invite", zh="通知当事人参加调解会", en="invite the parties to a session", about="session")
def invite(actor: Actor, *, session: MediationSession) -> MediationSession:
    """Write to every party by its channel; whom no message reaches stands on the page to be told by somebody. Done
    again it writes to who has not been written to. Raises Conflict when the session is over.
    """
    standing_of(actor, session.case)
    if session.state != "planned":
        raise Conflict("mediation.over")
    write_invitations(session)
    return session


def write_invitations(session: MediationSession) -> None:
    """Inside the act that plans a session."""
    _tell_parties(session, "mediation.invited")


def tell_session_is_off(actor: Actor, session: MediationSession) -> None:
    """It was cancelled: who was invited is told, and who works in the case. Inside that act."""
    _tell_parties(session, "mediation.session_off")
    others = [person for person in members_of(session.case) if person.pk != actor.id]
    _tell_people(others, session, "mediation.session_off", session_body(session))


def _tell_parties(session: MediationSession, template: str) -> None:
    body = session_body(session)
    for party in parties_of(session.case):
        tell_party(
            party,
            template=template,
            body=body,
            subject_type=SESSION,
            subject_id=str(session.pk),
            key=key_of(template, session.pk, party.pk, ""),
        )


@act("mediation.remind", zh="调解提醒", en="remind of what mediation asks for")
def remind(actor: Actor) -> int:
    """Write every reminder that is due: sessions of the next day, signatures that are missing, the last days for the
    joint request, instalments and looks. Returns how many messages were queued; run twice it queues none.
    """
    return sum(_write(one) for one in due_notices(clock.now()))


def _write(one: Notice) -> bool:
    told: dict[str, Any] = {
        "template": one.template,
        "body": one.body,
        "subject_type": one.subject_type,
        "subject_id": one.subject_id or str(one.case.pk),
        "key": one.key,
    }
    if one.party is not None:
        return tell_party(one.party, **told) is not None
    return one.person is not None and let_know(one.person, **told) is not None


@hourly("mediation.remind")
def remind_each_hour(payload: dict[str, Any]) -> None:
    """By day only; an hour with nothing to say leaves no entry."""
    now = clock.now()
    if may_write_at(clock.shanghai(now)) and due_notices(now):
        remind(REMINDER)
