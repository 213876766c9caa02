"""Who is on duty, and who answers a room's telephone at any hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linli.org.agencies.models import Agency
from linli.org.agencies.queries import chain_above
from linli.org.people.models import Person
from linli.org.roster.models import Shift


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers, at which agency, and why: on_duty there, or passed up because nobody is."""

    agency: Agency
    person: Person | None
    passed_up: int


def on_duty(agency: Agency, at: datetime) -> list[Shift]:
    """Shifts running at a moment, the lead first."""
    order = {"lead": 0, "member": 1, "standby": 2}
    shifts = list(Shift.objects.at(at).filter(agency=agency).select_related("person"))
    return sorted(shifts, key=lambda shift: (order[shift.duty], shift.begins_at, shift.person.staff_no))


def who_answers(room: Agency, at: datetime) -> Answerer:
    """The room's telephone follows the roster: the room itself, its central room, its station, the bureau — first with
    somebody on duty.
    """
    above = chain_above(room)
    for steps, agency in enumerate(above):
        shifts = on_duty(agency, at)
        if shifts:
            return Answerer(agency, shifts[0].person, steps)
    return Answerer(above[-1], None, len(above) - 1)
