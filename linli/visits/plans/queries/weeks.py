"""What is due for somebody, and the week that he is proposed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from linli.kernel import clock
from linli.kernel.errors import Invalid, NotFound, declare
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.rooms.models import Responsibility
from linli.org.roster.models import Shift
from linli.places.roads.queries import travel_matrix_s
from linli.visits.plans.models import Due, Stop, Week
from linli.visits.plans.rules import A_DAY, Candidate, Walk, chosen, crow_s, days_of, walks, why
from linli.visits.plans.rules.walks import FAR_S
from linli.visits.reasons.queries import reasons_on
from linli.visits.records.rules import OFFICERS

declare(
    "week.no_room", zh="您没有负责的警务室或警格，无法排走访计划。", en="You answer for no room: there are no doors."
)
declare("week.monday", zh="计划从周一开始，且不早于本周。", en="A week begins on a Monday, not before this week.")

AHEAD_DAYS = 30
"""Doors that fall due so much later fill a week that has room."""
_CONSIDERED = 400
_OFFICE = (time(9), time(17))


def own_paths(actor: Actor) -> tuple[str, ...]:
    """The paths at which somebody visits: his own rooms; with none, the lowest of his posts."""
    held = Agency.objects.filter(pk__in=[post.agency_id for post in actor.posts])
    rooms = [row.path for row in held if row.is_room]
    return tuple(rooms or [row.path for row in held])


def due_rows(actor: Actor) -> QuerySet[Due]:
    """The doors that somebody may be sent to: those of his rooms, without the grids of which another is the named
    officer, and without reasons that are an officer's when he is none.
    """
    others = Responsibility.objects.on(clock.today()).filter(officer__isnull=False).exclude(officer_id=actor.id)
    rows = Due.objects.standing().filter(below("agency__path", own_paths(actor)))
    rows = rows.exclude(~Q(grid_code="") & Q(grid_code__in=others.values("grid__code")))
    known = reasons_on(clock.today())
    if not actor.holds(*OFFICERS):
        known = {code: one for code, one in known.items() if one.helpers}
    return rows.filter(reason__in=list(known)).filter(Q(over_on__isnull=True) | Q(over_on__gte=clock.today()))


def doors_for(actor: Actor, monday: date) -> list[Due]:
    """The doors that may come into a week, what is due first in front; not those in a colleague's week."""
    friday = monday + timedelta(days=4)
    theirs = Stop.objects.filter(due=OuterRef("pk"), week__monday=monday, state="planned").exclude(
        week__person_id=actor.id
    )
    rows = due_rows(actor).filter(~Exists(theirs), due_on__lte=friday + timedelta(days=AHEAD_DAYS))
    # What is on the list already and was tried this week stands as it is; it comes again when it is due again.
    rows = rows.filter(Q(campaign__isnull=True) | Q(campaign__begins_on__lte=friday))
    return list(rows.select_related("matter", "campaign").order_by("due_on", F("tries").desc(), "pk")[:_CONSIDERED])


def away_days(person_id: uuid.UUID, monday: date) -> list[date]:
    """Days of the week on which the roster has somebody at a station in office hours (P5: off that roster he walks)."""
    found = []
    begins = datetime.combine(monday, time(), tzinfo=clock.SHANGHAI)
    shifts = Shift.objects.filter(
        person_id=person_id, cancelled=False, begins_at__lt=begins + timedelta(days=7), ends_at__gt=begins
    ).exclude(agency__kind__in=Agency.ROOM_KINDS)
    spans = list(shifts.values_list("begins_at", "ends_at"))
    for n in range(7):
        day = monday + timedelta(days=n)
        start, end = (datetime.combine(day, at, tzinfo=clock.SHANGHAI) for at in _OFFICE)
        if any(began < end and ended > start for began, ended in spans):
            found.append(day)
    return found


@dataclass(frozen=True, slots=True)
class Planned:
    """One door of a proposal."""

    due: Due
    day: date
    walk_s: int | None
    why: Words


@dataclass(frozen=True, slots=True)
class Proposal:
    """A week as it is proposed: nothing is stored yet. ``walk_s`` with the ways back to the room."""

    agency: Agency
    monday: date
    stops: Sequence[Planned]
    walk_s: int
    by_road: bool
    left_over: int
    away: Sequence[date]


def proposal(actor: Actor, *, monday: date, a_day: int = A_DAY) -> Proposal:
    """Make a week for somebody: what is due, on the days that he walks, in walking order. Reads only.

    Doors that he has been to this week stay where they are and are not planned again. Raises Invalid ``week.no_room``
    for whoever answers for no place, ``week.monday``.
    """
    today = clock.today()
    if monday.weekday() != 0 or monday < today - timedelta(days=today.weekday()):
        raise Invalid("week.monday", field="monday")
    home = Agency.objects.filter(path__in=own_paths(actor)).order_by("-path").first()
    if home is None or not Person.objects.filter(pk=actor.id).exists():
        raise Invalid("week.no_room")
    away = away_days(actor.id, monday)
    days = days_of(monday, today=today, away=away)
    been = set(
        Stop.objects.filter(week__person_id=actor.id, week__monday=monday)
        .exclude(state="planned")
        .values_list("due_id", flat=True)
    )
    rows = {row.pk: row for row in doors_for(actor, monday) if row.pk not in been}
    candidates = [Candidate(row.pk, row.due_on, row.lon, row.lat, row.tries) for row in rows.values()]
    taken, left = chosen(candidates, days, a_day=a_day)
    if not days or not taken:
        return Proposal(home, monday, [], 0, True, len(left), away)
    matrix, by_road = _matrix(home, [rows[one.key] for one in taken])
    due_day = [sum(day < one.due_on for day in days) for one in taken]
    walked = walks(matrix, due_day=due_day, days=len(days), most=a_day)
    stops = [
        Planned(rows[taken[door].key], day, _known(leg), _why(rows[taken[door].key], today))
        for day, walk in zip(days, walked, strict=True)
        for door, leg in zip(walk.doors, walk.legs_s, strict=True)
    ]
    total = sum(_total(walk) for walk in walked)
    return Proposal(home, monday, stops, total, by_road, len(left), away)


def _matrix(home: Agency, doors: Sequence[Due]) -> tuple[list[list[int]], bool]:
    """Seconds on foot between the room and the doors; a door without a place is far from everything."""
    points = [(home.lon, home.lat), *((door.lon, door.lat) for door in doors)]
    known = [at for at, (lon, lat) in enumerate(points) if lon is not None and lat is not None]
    spots = [(float(points[at][0] or 0), float(points[at][1] or 0)) for at in known]
    seconds = travel_matrix_s(spots, none_s=FAR_S)
    by_road = seconds is not None
    if seconds is None:
        seconds = [[crow_s(one, other) for other in spots] for one in spots]
    full = [[0 if row == column else FAR_S for column in range(len(points))] for row in range(len(points))]
    for row, here in enumerate(known):
        for column, there in enumerate(known):
            full[here][there] = min(FAR_S, seconds[row][column])
    return full, by_road


def _known(leg_s: int) -> int | None:
    return leg_s if leg_s < FAR_S else None


def _total(walk: Walk) -> int:
    return sum(leg for leg in (*walk.legs_s, walk.back_s) if leg < FAR_S)


def _why(row: Due, today: date) -> Words:
    reason = reasons_on(today)[row.reason]
    return why(
        reason,
        today=today,
        due_on=row.over_on if row.campaign and row.over_on else row.due_on,
        last_on=row.last_on,
        tries=row.tries,
        number=row.matter.number if row.matter else "",
        campaign=row.campaign.name if row.campaign else "",
    )


def week_of(actor: Actor, *, person_id: uuid.UUID, monday: date) -> Week | None:
    """Somebody's stored week, as far as the actor may see it."""
    rows = Week.objects.visible_to(actor).filter(person_id=person_id, monday=monday)
    return rows.select_related("person", "agency").first()


def stop_by_id(actor: Actor, key: uuid.UUID) -> Stop:
    """A door of a week; NotFound for a stranger."""
    rows = Stop.objects.visible_to(actor).select_related("week__agency", "due__agency", "due__premises", "due__address")
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def stops_of(week: Week) -> Iterable[Stop]:
    """The doors of a week in walking order."""
    return week.stops.select_related("due__agency", "due__matter", "due__campaign").order_by("day", "turn")
