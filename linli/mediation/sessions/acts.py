"""Planning a session, holding it, writing its record; and notes that only their author sees."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid
from linli.kernel.ids import new_id
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.mediation.cases.acts.standing import must_run, standing_of
from linli.mediation.cases.models import MediationCase
from linli.mediation.notices.acts import tell_session_is_off, write_invitations
from linli.mediation.sessions.models import MediationSession, PrivateNote, SessionRecord
from linli.mediation.sessions.rules import BREAKS, LONGEST, MOST_MINUTES, SESSION_LIFE, USUAL_MINUTES
from linli.org.agencies.models import Agency

_OCCUPIES = ("planned", "running")


@act("mediation_session.plan", zh="约定调解会", en="plan a session", keeps=("begins_at",))
def plan_session(
    actor: Actor,
    *,
    case: MediationCase,
    begins_at: datetime,
    minutes: int = USUAL_MINUTES,
    room: Agency | None = None,
    place: str = "",
    link: str = "",
    row_id: Any = None,
) -> MediationSession:
    """A meeting in the joint room, elsewhere or by a link; the parties are invited by their channels. Raises Invalid
    for a time that is past, Conflict when the room is taken.
    """
    standing_of(actor, case)
    if case.state != "mediating":
        raise Conflict("session.not_accepted" if case.state == "opened" else "mediation.over")
    if begins_at <= clock.now():
        raise Invalid("session.past", field="begins_at")
    if not 0 < minutes <= MOST_MINUTES:
        raise Invalid("fact.wrong", field="minutes", why=str(minutes))
    if link and not link.startswith("https://"):
        raise Invalid("fact.wrong", field="link", why=link[:40])
    ends_at = begins_at + timedelta(minutes=minutes)
    if room is not None:
        _check_free(room, begins_at, ends_at)
    row = MediationSession(id=row_id or new_id(), case=case, begins_at=begins_at, ends_at=ends_at, room=room)
    row.put("place", place[:200])
    row.put("link", link[:300])
    row.save(force_insert=True)
    write_invitations(row)
    return row


def _check_free(room: Agency, begins_at: datetime, ends_at: datetime) -> None:
    """Two who plan at the same moment wait for each other on the room's row."""
    Agency.objects.select_for_update().get(pk=room.pk)
    taken = MediationSession.objects.filter(
        room=room, state__in=_OCCUPIES, begins_at__lt=ends_at, ends_at__gt=begins_at
    )
    found = taken.order_by("begins_at").first()
    if found is not None:
        at = clock.shanghai(found.begins_at).strftime("%m-%d %H:%M")
        raise Conflict("session.taken", room=room.name, at=at, field="begins_at")


@act("mediation_session.move", zh="办理调解会", en="move a session", keeps=("move", "reason"), about="session")
def move_session(actor: Actor, *, session: MediationSession, move: str, reason: str = "") -> MediationSession:
    """Begin, finish, break off with a reason, or cancel. Raises Conflict while another of the case is running."""
    standing_of(actor, session.case)
    now = clock.now()
    if move == "begin":
        must_run(session.case)
        _begin(session, now)
    elif move == "break_off":
        if reason not in BREAKS:
            raise Invalid("fact.missing", field="reason")
        take(session, SESSION_LIFE, move, break_reason=reason, ended_at=now)
    else:
        take(session, SESSION_LIFE, move, ended_at=now)
        if session.state == "cancelled":
            tell_session_is_off(actor, session)
    return session


def _begin(session: MediationSession, now: datetime) -> None:
    try:
        with transaction.atomic():
            take(session, SESSION_LIFE, "begin", begun_at=now)
    except IntegrityError as another:
        raise Conflict("session.one_runs") from another


@act("mediation_session.write", zh="写调解记录", en="write the record of a session", keeps=("upon",), about="session")
def write_record(actor: Actor, *, session: MediationSession, words: str, upon: int = 0) -> SessionRecord:
    """One more version of the record. ``upon`` is the version that the writer had before him: when another was written
    meanwhile, both stay and this one says that it stands beside it. Raises Conflict before the session has begun.
    """
    standing_of(actor, session.case)
    if session.state in ("planned", "cancelled"):
        raise Conflict("session.not_accepted")
    if not words.strip() or len(words) > LONGEST:
        raise Invalid("fact.missing", field="words")
    locked = MediationSession.objects.select_for_update().get(pk=session.pk)
    last = SessionRecord.objects.filter(session=locked).aggregate(last=Max("number"))["last"] or 0
    row = SessionRecord(session=locked, number=last + 1, upon=upon, beside=upon != last, by_id=actor.id, at=clock.now())
    row.put_text(words)
    row.save(force_insert=True)
    return row


@act("mediation.keep_note", zh="写私人备忘", en="keep a private note")
def keep_private_note(actor: Actor, *, case: MediationCase, words: str) -> PrivateNote:
    """What the writer alone sees; no part of the file, and erased with the case."""
    standing_of(actor, case)
    if not words.strip():
        raise Invalid("fact.missing", field="words")
    row = PrivateNote(case=case, by_id=actor.id, at=clock.now())
    row.put_text(words[:LONGEST])
    row.save(force_insert=True)
    return row
