"""What is already known at a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from linli.kernel import clock
from linli.kernel.geo import box_around
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter

_SAME_PLACE_M = 40.0
_RECENT = timedelta(days=90)
_TELLING = ("dispute", "hazard", "help_request")


@dataclass(frozen=True, slots=True)
class Known:
    """Something that is known at a place: a code, how often, and the sentence that the crew reads."""

    code: str
    count: int
    words: Words


def known_here(matter: Matter) -> list[Known]:
    """What the crew should know of the place: open disputes, hazards and requests for help there, and repeated calls.

    By address, else by point. It says that something is open and what kind it is, never what was said in it.
    """
    same = _same_place(matter)
    if same is None:
        return []
    there = Matter.objects.filter(same).exclude(pk=matter.pk)
    found = []
    for kind in _TELLING:
        count = there.filter(kind=kind, closed_at__isnull=True).count()
        if count:
            words = KINDS[kind].words
            found.append(
                Known(f"open.{kind}", count, Words(f"此处有{count}件未结{words.zh}", f"{count} open: {words.en}"))
            )
    since = clock.now() - _RECENT
    before = there.filter(kind="incident", received_at__gte=since).exclude(state="void").count()
    if before:
        found.append(
            Known("calls.before", before, Words(f"90天内另有{before}起警情", f"{before} other calls in 90 days"))
        )
    return found


def _same_place(matter: Matter) -> Q | None:
    if matter.address_id is not None:
        return Q(address_id=matter.address_id)
    if matter.lon is None or matter.lat is None or not (-180 <= matter.lon <= 180 and -90 <= matter.lat <= 90):
        return None
    box = box_around(matter.lon, matter.lat, _SAME_PLACE_M)
    return Q(lon__gte=box.west, lon__lte=box.east, lat__gte=box.south, lat__lte=box.north)


def earlier_here(actor: Actor, matter: Matter, *, most: int = 8) -> list[Matter]:
    """The newest other matters at the same place that the actor may see."""
    same = Q(address=matter.address) if matter.address else _same_place(matter)
    if same is None:
        return []
    rows = Matter.objects.visible_to(actor).filter(same).exclude(pk=matter.pk).exclude(state="void")
    return list(rows.select_related("agency").order_by("-line")[:most])
