"""The calendar of rooms, the sessions of one's cases, and how a record reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.kernel.scope import Actor
from linli.mediation.cases.models import MediationCase
from linli.mediation.sessions.models import MediationSession, SessionRecord
from linli.org.agencies.models import Agency

JOINT_SERVICE = "调解"
"""What a room must offer to be a joint mediation room (W4)."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One entry of a room's calendar; what it is about only for who works in that case."""

    room: Agency
    begins_at: datetime
    ends_at: datetime
    case: MediationCase | None


def own_sessions(actor: Actor, *, since: datetime, until: datetime) -> list[MediationSession]:
    """The sessions of one's cases in a span of time, not cancelled."""
    rows = MediationSession.objects.visible_to(actor).filter(begins_at__gte=since, begins_at__lt=until)
    return list(rows.exclude(state="cancelled").select_related("case__matter", "room"))


def calendar_of(actor: Actor, rooms: Sequence[Agency], *, since: datetime, until: datetime) -> list[Slot]:
    """When rooms are taken; of others' sessions only that they are."""
    rows = MediationSession.objects.filter(room__in=rooms, begins_at__gte=since, begins_at__lt=until)
    taken = rows.exclude(state="cancelled").select_related("case__matter", "room").order_by("begins_at")
    own = set(MediationCase.objects.visible_to(actor).values_list("pk", flat=True))
    return [
        Slot(one.room, one.begins_at, one.ends_at, one.case if one.case_id in own else None)
        for one in taken
        if one.room is not None
    ]


def standing_records(session: MediationSession) -> list[SessionRecord]:
    """The newest version, and every one that was written beside another and that nobody has joined since."""
    rows = list(SessionRecord.objects.filter(session=session).select_related("by"))
    if not rows:
        return []
    last = rows[-1]
    return [row for row in rows if row is last or (last.beside and row.number > last.upon)]
