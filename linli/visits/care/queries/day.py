"""What care asks of a carer's day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from linli.kernel import clock
from linli.kernel.claims import Claim, ClaimSource, Line, OwnSource, Waiting, Weight, waiting
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.visits.care.models import CarePlan, Promise
from linli.visits.care.queries.plans import plans_of, promises_due, reviews_due
from linli.visits.care.rules import REASONS

CARERS = (
    "community_officer",
    "station_chief",
    "auxiliary",
    "assistant",
    "liaison_cadre",
    "grid_worker",
    "information_officer",
    "partner_officer",
    "bureau_leader",
)
AHEAD = timedelta(days=7)
MOST_LINES = 8


def _end_of(day: date) -> datetime:
    return datetime.combine(day, datetime.max.time(), tzinfo=clock.SHANGHAI)


def _promises(actor: Actor, at: datetime, most: int) -> Waiting:
    """What the actor promised somebody and that falls due within a week."""
    return waiting(promises_due(actor, until=clock.shanghai(at).date() + AHEAD), most, _promised)


def _promised(row: Promise) -> Claim:
    return Claim(
        key=f"care_promise:{row.pk}",
        title=row.what[:60],
        url=f"/care/{row.plan_id}",
        why=Words(f"对{row.plan.called}的承诺", f"promised to {row.plan.called}"),
        by_at=_end_of(row.due_on),
    )


def _reviews(actor: Actor, at: datetime, most: int) -> Waiting:
    """Plans that the actor leads and that are to be looked at again within a week."""
    return waiting(reviews_due(actor, until=clock.shanghai(at).date() + AHEAD), most, _to_review)


def _to_review(row: CarePlan) -> Claim:
    return Claim(
        key=f"care:{row.pk}",
        title=row.called,
        url=f"/care/{row.pk}/review",
        why=Words("关爱到期复核：还需要吗", "review of care: is it still needed"),
        by_at=_end_of(row.review_on),
    )


def _plans(actor: Actor, at: datetime) -> Sequence[Line]:
    return [Line(row.called, REASONS[row.reason], f"/care/{row.pk}") for row in plans_of(actor)[:MOST_LINES]]


# No source holds police data: a plan is shown to whoever is named in it, police or not, and to nobody else.
CLAIM_SOURCES = (
    ClaimSource(
        code="care.promises",
        words=Words("关爱中的承诺", "promises of care"),
        weight=Weight.PROMISE,
        posts=CARERS,
        find=_promises,
        rest="/care",
        police=False,
    ),
    ClaimSource(
        code="care.reviews",
        words=Words("关爱复核", "reviews of care"),
        weight=Weight.TASK,
        posts=CARERS,
        find=_reviews,
        rest="/care",
        police=False,
    ),
)
OWN_SOURCES = (
    OwnSource(
        code="care",
        words=Words("我的关爱", "my plans of care"),
        icon="heart-handshake",
        posts=CARERS,
        find=_plans,
        rest="/care",
        police=False,
    ),
)
