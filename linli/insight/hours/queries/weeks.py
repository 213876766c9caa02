"""A week for its owner; sums by room for who leads. There is no query of somebody else's hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q

from linli.insight.hours.models import HoursDay, HoursWeek
from linli.insight.hours.rules import (
    WEEK,
    DaySum,
    Piece,
    RoomSum,
    average_min,
    by_day,
    day_sum,
    is_released,
    monday_of,
    piece_of,
)
from linli.kernel import clock
from linli.kernel.errors import Invalid, declare
from linli.kernel.scope import Actor, below
from linli.matters.ledger.models import Matter
from linli.operations.dispatch.models import Order
from linli.operations.units.models import UnitCrew
from linli.org.agencies.models import Agency
from linli.org.drawing.models import Drawing
from linli.org.posts.models import Post
from linli.org.roster.models import Duty
from linli.org.roster.rules import until_of
from linli.visits.care.models import CareVisit
from linli.visits.records.models import Visit

OFFICER = "community_officer"
COMMUNITY_POSTS = ("community_officer", "auxiliary", "assistant")
LEADERS = ("station_chief", "bureau_leader")
DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 2000, 2199

declare("hours.week", zh="没有这一周的工时。", en="There are no hours of this week.")


def midnight(day: date) -> datetime:
    """The beginning of a day in Asia/Shanghai."""
    return datetime.combine(day, time(), tzinfo=clock.SHANGHAI)


def community_agency(person_id: UUID, day: date) -> Agency | None:
    """Where a person holds a community post on a day: only there are hours in the community counted."""
    held = Post.objects.held_on(day).filter(person_id=person_id, code__in=COMMUNITY_POSTS)
    post = held.select_related("agency").order_by("-main", "since").first()
    return post.agency if post else None


def pieces_of(person_id: UUID, begins_at: datetime, ends_at: datetime) -> list[Piece]:
    """What a person signed on for and recorded between two moments. Where anything was done is never read."""
    now = clock.now()
    found: list[Piece] = []
    duties = Duty.objects.filter(person_id=person_id, agency__kind__in=Agency.ROOM_KINDS, on_at__lt=ends_at)
    duties = duties.filter(Q(off_at__gt=begins_at) | Q(off_at__isnull=True)).select_related("shift")
    for duty in duties:
        until = until_of(duty.on_at, duty.off_at, duty.shift.ends_at if duty.shift else None, now)
        if until > duty.on_at:
            found.append(Piece("duty", duty.on_at, until, guessed=duty.off_at is None))
    found += _records(person_id, begins_at, ends_at)
    away = Drawing.objects.away().filter(person_id=person_id, begins_at__lt=ends_at, ends_at__gt=begins_at)
    found += [Piece("drawn", row.begins_at, row.until_at) for row in away if row.until_at > row.begins_at]
    return found


def _records(person_id: UUID, begins_at: datetime, ends_at: datetime) -> Iterable[Piece]:
    """Visits, visits for care, orders of the person's crew, matters that he recorded."""
    when = {"by_id": person_id}
    for at in Visit.objects.filter(**when, visited_at__gte=begins_at, visited_at__lt=ends_at).values_list(
        "visited_at", flat=True
    ):
        yield piece_of("visit", at, None)
    cared = CareVisit.objects.filter(**when, at__gte=begins_at, at__lt=ends_at).values_list("at", "minutes")
    for at, minutes in cared:
        yield piece_of("care", at, at + timedelta(minutes=minutes) if minutes else None)
    rides = UnitCrew.objects.filter(person_id=person_id, since__lt=ends_at)
    for ride in rides.filter(Q(until__isnull=True) | Q(until__gt=begins_at)):
        orders = Order.objects.filter(unit_id=ride.unit_id, signed_at__gte=max(ride.since, begins_at), state="done")
        orders = orders.filter(signed_at__lt=min(ride.until or ends_at, ends_at))
        for signed_at, done_at in orders.values_list("signed_at", "done_at"):
            if signed_at is not None:
                yield piece_of("order", signed_at, done_at)
    opened = Matter.objects.opened_by(person_id).filter(opened_at__gte=begins_at, opened_at__lt=ends_at)
    for at in opened.exclude(kind="incident").values_list("opened_at", flat=True):
        yield piece_of("report", at, None)


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day as its owner sees it: what was reckoned, what he said instead and why."""

    sum: DaySum
    stated_min: int | None
    reason: str

    @property
    def minutes(self) -> int:
        return self.sum.minutes if self.stated_min is None else self.stated_min


@dataclass(frozen=True, slots=True)
class OwnWeek:
    """A week as its owner sees it, its days reckoned anew at every look until it is confirmed."""

    monday: date
    agency: Agency | None
    row: HoursWeek | None
    days: Sequence[OwnDay]

    @property
    def minutes(self) -> int:
        return sum(day.minutes for day in self.days)

    @property
    def drawn_min(self) -> int:
        return sum(day.sum.drawn_min for day in self.days)

    @property
    def a_day_min(self) -> int | None:
        return average_min((day.minutes, day.sum.drawn_min) for day in self.days)

    @property
    def is_told(self) -> bool:
        """Whether sums of this week are told to others by now."""
        return self.row is not None and released(self.row, clock.today())


def own_week(actor: Actor, monday: date) -> OwnWeek:
    """The actor's own week: nobody else's can be asked for."""
    return week_of(actor.id, monday_of(monday))


def week_of(person_id: UUID, monday: date) -> OwnWeek:
    """A person's week, for the acts of this room and for :func:`own_week`."""
    if not FIRST_YEAR <= monday.year <= LAST_YEAR:
        raise Invalid("hours.week", field="week")
    begins_at, ends_at = midnight(monday), midnight(monday + WEEK)
    row = HoursWeek.objects.filter(person_id=person_id, monday=monday).select_related("agency").first()
    stated = {day.day: day for day in HoursDay.objects.filter(week=row)} if row else {}
    found = by_day(pieces_of(person_id, begins_at, ends_at), clock.SHANGHAI)
    days = []
    for number in range(7):
        day = monday + number * DAY
        kept = stated.get(day)
        days.append(
            OwnDay(day_sum(day, found.get(day, [])), kept.stated_min if kept else None, kept.reason if kept else "")
        )
    agency = row.agency if row else community_agency(person_id, min(monday + 6 * DAY, clock.today()))
    return OwnWeek(monday, agency, row, days)


def released(week: HoursWeek, today: date) -> bool:
    """Whether others may be told sums of this week."""
    seen_on = clock.shanghai(week.seen_at).date() if week.seen_at else None
    return is_released(week.monday, seen_on=seen_on, confirmed=week.confirmed_at is not None, today=today)


def weeks_waiting(actor: Actor, today: date, back: int = 4) -> list[date]:
    """Mondays of the last weeks that have ended and that the actor has neither confirmed nor let pass."""
    if not actor.holds(*COMMUNITY_POSTS):
        return []
    rows = {row.monday: row for row in HoursWeek.objects.visible_to(actor)}
    mondays = [monday_of(today) - WEEK * number for number in range(1, back + 1)]
    return [day for day in mondays if day not in rows or not (rows[day].confirmed_at or released(rows[day], today))]


def room_sums(actor: Actor, *, begins: date, ends: date) -> dict[Agency, RoomSum]:
    """Hours of the rooms that the actor leads, of whole weeks from ``begins`` to ``ends`` (exclusive), in the order of
    the tree, never of the number. Only weeks that are released count; how many are still their owners' stands beside.
    """
    paths = tuple(post.path for post in actor.posts if post.code in LEADERS)
    rooms = list(Agency.objects.at_work().filter(below("path", paths), kind__in=Agency.ROOM_KINDS).order_by("path"))
    begins, today = monday_of(begins), clock.today()
    due, officers = _weeks_due(rooms, begins, min(ends, monday_of(today)))
    weeks = HoursWeek.objects.filter(agency__in=rooms, monday__gte=begins, monday__lt=ends, person__in=officers)
    told: dict[UUID, list[UUID]] = defaultdict(list)
    for week in weeks:
        if released(week, today):
            told[week.agency_id].append(week.pk)
    days: dict[UUID, list[HoursDay]] = defaultdict(list)
    keys = [key for found in told.values() for key in found]
    for day in HoursDay.objects.filter(week__in=keys).select_related("week"):
        days[day.week.agency_id].append(day)
    return {room: _sum(days[room.pk], max(0, due.get(room.pk, 0) - len(told[room.pk]))) for room in rooms}


def _sum(days: Sequence[HoursDay], waiting: int) -> RoomSum:
    return RoomSum(
        tuple((day.minutes, day.drawn_min) for day in days),
        sum(day.stated_min is not None for day in days),
        waiting,
    )


def _weeks_due(rooms: Sequence[Agency], begins: date, ends: date) -> tuple[Mapping[UUID, int], set[UUID]]:
    """How many weeks of community officers there are in a period that is over, by room; and who they are. Q11 counts
    officers: auxiliaries and assistants see their own hours, and no sum is made of them.
    """
    due: dict[UUID, int] = defaultdict(int)
    people: set[UUID] = set()
    posts = Post.objects.filter(agency__in=rooms, code=OFFICER, main=True, since__lt=ends)
    posts = posts.filter(Q(until__isnull=True) | Q(until__gt=begins), person__left_on__isnull=True)
    for agency_id, person_id, since, until in posts.values_list("agency_id", "person_id", "since", "until"):
        people.add(person_id)
        first = max(begins, monday_of(since))
        last = min(ends, until) if until else ends
        due[agency_id] += max(0, -(-(last - first).days // 7))
    return due, people
