"""Claims that come from visits: today's doors, places to check again, records that wait for a sign (P5, W1)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from linli.kernel import clock
from linli.kernel.claims import Claim, ClaimSource, Waiting, Weight, waiting
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.visits.inspections.models import Inspection
from linli.visits.inspections.queries import to_check_again
from linli.visits.plans.models import Due, Stop
from linli.visits.plans.queries import due_rows
from linli.visits.records.models import Visit
from linli.visits.records.queries import reason_words, to_sign

AHEAD = timedelta(days=7)
SIGN_WITHIN = timedelta(hours=24)
"""An officer signs for a helper's record the same day (domain A7)."""
_WALK = ("community_officer", "auxiliary", "assistant")


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(18), tzinfo=clock.SHANGHAI)


def todays_visits(actor: Actor, at: datetime, most: int) -> Waiting:
    """The doors of one's week that stand on today or stayed behind; without a plan, what is due by today."""
    today = clock.shanghai(at).date()
    mine = Stop.objects.visible_to(actor).filter(
        week__person_id=actor.id, state__in=("planned", "missed"), day__lte=today, week__monday__gte=today - AHEAD
    )
    stops = mine.filter(due__ended_on__isnull=True).select_related("due").order_by("day", "turn")
    planned = waiting(stops, most, _stop)
    if planned.total:
        return planned
    due: QuerySet[Due] = due_rows(actor).filter(due_on__lte=today).order_by("due_on", "pk")
    return waiting(due, most, _door)


def _stop(stop: Stop) -> Claim:
    return Claim(
        key=f"due:{stop.due_id}",
        title=stop.due.place,
        url=f"/visits/new?stop={stop.pk}",
        why=Words(stop.why_zh, stop.why_en),
        by_at=_end_of(stop.day),
    )


def _door(row: Due) -> Claim:
    words = reason_words(row.reason)
    return Claim(
        key=f"due:{row.pk}",
        title=row.place,
        url="/visits",
        why=Words(f"{words.zh}，到期走访", f"{words.en}, a visit is due"),
        by_at=_end_of(row.over_on if row.campaign_id and row.over_on else row.due_on),
    )


def rechecks(actor: Actor, at: datetime, most: int) -> Waiting:
    """Places that must be put right within a week, or should have been."""
    return waiting(to_check_again(actor, clock.shanghai(at).date() + AHEAD), most, _again)


def _again(row: Inspection) -> Claim:
    return Claim(
        key=f"inspection:{row.pk}",
        title=row.place,
        url=f"/inspections/{row.pk}",
        why=Words("限期整改到期，须复查", "its day to be put right: check again"),
        by_at=_end_of(row.put_right_by) if row.put_right_by else None,
    )


def signs(actor: Actor, at: datetime, most: int) -> Waiting:
    """Records of helpers that wait for an officer's sign."""
    return waiting(to_sign(actor), most, _to_sign)


def _to_sign(row: Visit) -> Claim:
    return Claim(
        key=f"visit:{row.pk}",
        title=row.place,
        url=f"/visits/{row.pk}",
        why=Words(f"{row.by_name}的走访记录，等您核签", f"a visit by {row.by_name} waits for your sign"),
        by_at=row.recorded_at + SIGN_WITHIN,
    )


VISIT_SOURCES = (
    ClaimSource(
        code="inspections.again",
        words=Words("到期复查", "places to check again"),
        weight=Weight.LAW,
        posts=("community_officer", "station_chief"),
        find=rechecks,
        rest="/inspections?show=again",
    ),
    ClaimSource(
        code="visits.today",
        words=Words("今日走访", "visits of today"),
        weight=Weight.TASK,
        posts=_WALK,
        find=todays_visits,
        rest="/visits",
    ),
    ClaimSource(
        code="visits.sign",
        words=Words("走访记录待核签", "visits that wait for a sign"),
        weight=Weight.TASK,
        posts=("community_officer", "station_chief"),
        find=signs,
        rest="/visits/all?show=sign",
    ),
)
