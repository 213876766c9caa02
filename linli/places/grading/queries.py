"""Which places stand in which grade, and which are due for review."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q, QuerySet

from linli.kernel.scope import Actor
from linli.places.grading.models import Grade, Grading, Scheme
from linli.places.premises.models import Premises


def gradings(actor: Actor) -> QuerySet[Grading]:
    """The grading that counts now of every place the actor may see."""
    return Grading.objects.visible_to(actor).current().select_related("premises", "grade", "scheme")


def reviews_due(actor: Actor, *, until: date) -> QuerySet[Grading]:
    """Places whose review falls due up to and including a day, the longest overdue first."""
    return gradings(actor).filter(review_due_on__lte=until).order_by("review_due_on", "premises__name")


def history_of(actor: Actor, premises: Premises) -> QuerySet[Grading]:
    """Every decision about a place, the latest first."""
    return Grading.objects.visible_to(actor).filter(premises=premises).select_related("grade", "scheme")


def schemes_for(actor: Actor, *, kind: str = "") -> list[Scheme]:
    """The schemes in force, or those that are for a kind of premises; their grades come along, in order."""
    rows = Scheme.objects.visible_to(actor).in_force().prefetch_related("grades")
    return [row for row in rows if not kind or not row.kinds or kind in row.kinds]


def counts_by_grade(actor: Actor) -> list[Grade]:
    """Every grade in force with ``places``: how many that the actor may see stand in it."""
    mine = gradings(actor).values("pk")
    return list(
        Grade.objects.filter(scheme__ended_on__isnull=True)
        .select_related("scheme")
        .annotate(places=Count("gradings", filter=Q(gradings__in=mine)))
        .order_by("scheme__code", "order")
    )
