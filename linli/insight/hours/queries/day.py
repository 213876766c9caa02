"""What hours ask of a day: last week wants its owner's look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from linli.insight.hours.queries.weeks import COMMUNITY_POSTS, own_week, weeks_waiting
from linli.kernel import clock
from linli.kernel.claims import Claim, ClaimSource, Line, OwnSource, Waiting, Weight
from linli.kernel.scope import Actor
from linli.kernel.words import Words

HOUR_MIN = 60


def _waiting(actor: Actor, at: datetime, most: int) -> Waiting:
    mondays = weeks_waiting(actor, clock.shanghai(at).date(), back=1)
    # A week without any record wants nobody's look: there is nothing to set right unless he says so.
    mondays = [day for day in mondays if any(one.sum.pieces for one in own_week(actor, day).days)]
    claims = [
        Claim(
            key=f"hours:{day}",
            title=f"{day:%m-%d}",
            url=f"/hours?week={day}",
            why=Words(
                "核对这一周的工时，核对后才计入合计", "your hours of this week: they count once you have seen them"
            ),
        )
        for day in mondays[:most]
    ]
    return Waiting(claims, len(mondays))


def _own(actor: Actor, at: datetime) -> Sequence[Line]:
    week = own_week(actor, clock.shanghai(at).date())
    if week.agency is None:
        return []
    hours = f"{week.minutes // HOUR_MIN}:{week.minutes % HOUR_MIN:02d}"
    return [Line(week.agency.name, Words(f"本周 {hours} 小时", f"{hours} h this week"), "/hours")]


CLAIM_SOURCES = (
    ClaimSource(
        code="hours.confirm",
        words=Words("待核对的工时", "hours to confirm"),
        weight=Weight.TASK,
        posts=COMMUNITY_POSTS,
        find=_waiting,
        rest="/hours",
    ),
)
OWN_SOURCES = (
    OwnSource(
        code="hours",
        words=Words("我的工时", "my hours"),
        icon="clock",
        posts=COMMUNITY_POSTS,
        find=_own,
        rest="/hours",
    ),
)
