"""Claims from beside the ledger: tickets between agencies, orders, places due for review, jobs that failed."""

from __future__ import annotations

from datetime import datetime, timedelta

from linli.kernel import clock
from linli.kernel.claims import Claim, Waiting, waiting
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.handovers.models import Handover
from linli.operations.dispatch.models import Order
from linli.operations.units.queries import unit_of
from linli.places.grading.models import Grading
from linli.places.grading.queries import reviews_due
from linli.works.jobs.models import Job

REVIEW_AHEAD_DAYS = 7


def tickets(actor: Actor, at: datetime, most: int) -> Waiting:
    """Tickets sent to an agency of mine that still want an answer; the office that gets one must say so in time."""
    here = [post.agency_id for post in actor.posts if post.sees]
    rows = Handover.objects.visible_to(actor).filter(state__in=("sent", "accepted"), to_agency_id__in=here)
    return waiting(rows.select_related("matter", "from_agency").order_by("due_at"), most, _ticket)


def _ticket(row: Handover) -> Claim:
    sender = row.from_agency.name if row.from_agency else "—"
    return Claim(
        key=f"handover:{row.pk}",
        title=row.matter.title or row.matter.number,
        url=f"/matters/{row.matter.number}",
        why=Words(f"{sender}送来，须按时接收或回告", f"sent by {sender}, wants an answer in time"),
        by_at=row.due_at,
        number=row.matter.number,
        where=row.matter.address,
    )


def reviews(actor: Actor, at: datetime, most: int) -> Waiting:
    """Graded places whose review falls due within a week."""
    last_day = clock.shanghai(at).date() + timedelta(days=REVIEW_AHEAD_DAYS)
    return waiting(reviews_due(actor, until=last_day), most, _review)


def _review(row: Grading) -> Claim:
    return Claim(
        key=f"grading:{row.pk}",
        title=row.premises.name,
        url=f"/premises/{row.premises.code}",
        why=Words(f"{row.scheme.zh}“{row.grade.zh}”到期复核", f"review of grade {row.grade.en or row.grade.zh}"),
        by_at=datetime.combine(row.review_due_on, datetime.max.time(), tzinfo=clock.SHANGHAI),
        where=row.measures[:60],
    )


def failed_jobs(actor: Actor, at: datetime, most: int) -> Waiting:
    """Work of the house itself that was given up after its last try, by name."""
    return waiting(Job.objects.filter(state=Job.FAILED).order_by("-created_at"), most, _failed)


def _failed(row: Job) -> Claim:
    why = Words(f"试了{row.attempts}次仍未完成", f"not done after {row.attempts} tries")
    return Claim(key=f"job:{row.pk}", title=row.name, url="", why=why)


def running_orders(actor: Actor) -> list[Order]:
    """The orders of my unit that run now: they come before any list."""
    unit = unit_of(actor)
    if unit is None:
        return []
    return list(Order.objects.active().filter(unit=unit).select_related("matter", "unit"))
