"""What a visit says goes when its term is over; that somebody was there stays, and counts (W1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.scope import Actor, system
from linli.places.homes.queries import term
from linli.visits.records.models import Visit, VisitFile, VisitOccupant, VisitVersion
from linli.works.files.acts import let_go
from linli.works.jobs.acts import hourly

KEEPER = system("visit keeper")
_AT_ONCE = 500
GONE = "—"
"""Where the words of a place stood: the door's key stays, so that homes reached are counted as before."""


@dataclass(frozen=True, slots=True)
class Thinning:
    """How many visits were thinned on a day; the subject of the trail's entry."""

    pk: str
    visits: int
    version: int = 0


def due_visits(day: date) -> QuerySet[Visit]:
    """Visits past the term that still say something."""
    before = day - timedelta(days=term("keep_visit").days)
    return Visit.objects.filter(~Q(place=GONE), visited_at__date__lt=before)


@act("visit.thin", zh="到期精简走访", en="thin visits past their term", keeps=("day",))
def thin_visits(actor: Actor, *, day: date) -> Thinning:
    """Take the words, whom it names, the flat, files and what corrections replaced out of visits past their term."""
    keys = list(due_visits(day).order_by("visited_at", "pk").values_list("pk", flat=True)[:_AT_ONCE])
    VisitOccupant.objects.filter(visit__in=keys).delete()
    VisitVersion.objects.filter(visit__in=keys).update(before_sealed=b"", why="")
    hung = VisitFile.objects.filter(visit__in=keys)
    files = sorted(set(hung.values_list("file_id", flat=True)))
    hung.delete()
    let_go(files)
    Visit.objects.filter(pk__in=keys).update(
        words_sealed=b"", room="", place=GONE, lon=None, lat=None, address=None, sent_back_why="",
        version=F("version") + 1,
    )  # fmt: skip
    return Thinning(day.isoformat(), len(keys))


@hourly("visits.thin")
def thin_each_hour(payload: dict[str, Any]) -> None:
    """The hourly round; it writes an entry only when there is something to thin."""
    today = clock.today()
    if due_visits(today).exists():
        thin_visits(KEEPER, day=today)
