"""What is already known at a place."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet

from linli.kernel import clock
from linli.kernel.geo import box_around, possible
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.kinds import KINDS
from linli.matters.ledger.models import Matter
from linli.matters.routing.queries import Answering, answering_for
from linli.places.premises.models import Premises

_SAME_PLACE_M = 40.0
_RECENT = timedelta(days=90)
_MOST_HERE = 6
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
    same = _same_place(matter.address_id, matter.lon, matter.lat)
    return [] if same is None else _known(Matter.objects.filter(same).exclude(pk=matter.pk))


def _known(there: QuerySet[Matter]) -> list[Known]:
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


@dataclass(frozen=True, slots=True)
class Here:
    """A place without a card of its own: who answers for it, what is known, what is open and what last happened there
    as far as the actor may see it, which premises are registered there.
    """

    answering: Answering
    known: list[Known]
    open: list[Matter]
    before: list[Matter]
    premises: list[Premises]


def here(actor: Actor, *, lon: float, lat: float, address_id: uuid.UUID | None = None) -> Here:
    """What is known at a point (40 m around it) or an address. What is sealed from the actor is not counted either."""
    around = _same_place(None, lon, lat)
    assert around is not None, "the door has looked at the coordinates"
    same = around | Q(address_id=address_id) if address_id else around
    rows = Matter.objects.visible_to(actor).filter(same).exclude(state="void").order_by("-line")
    rows = rows.select_related("agency")
    beside = box_around(lon, lat, _SAME_PLACE_M)
    premises = Premises.objects.visible_to(actor).in_use()
    premises = premises.filter(lon__gte=beside.west, lon__lte=beside.east, lat__gte=beside.south, lat__lte=beside.north)
    return Here(
        answering_for(lon, lat, clock.now()),
        _known(Matter.objects.visible_to(actor).filter(same)),
        list(rows.filter(closed_at__isnull=True)[:_MOST_HERE]),
        list(rows.filter(closed_at__isnull=False, kind="incident")[:_MOST_HERE]),
        list(premises.order_by("name")[:_MOST_HERE]),
    )


def _same_place(address_id: uuid.UUID | None, lon: float | None, lat: float | None) -> Q | None:
    if address_id is not None:
        return Q(address_id=address_id)
    if lon is None or lat is None or not possible(lon, lat):
        return None
    box = box_around(lon, lat, _SAME_PLACE_M)
    return Q(lon__gte=box.west, lon__lte=box.east, lat__gte=box.south, lat__lte=box.north)


def earlier_here(actor: Actor, matter: Matter, *, most: int = 8) -> list[Matter]:
    """The newest other matters at the same place that the actor may see."""
    same = Q(address=matter.address) if matter.address else _same_place(matter.address_id, matter.lon, matter.lat)
    if same is None:
        return []
    rows = Matter.objects.visible_to(actor).filter(same).exclude(pk=matter.pk).exclude(state="void")
    return list(rows.select_related("agency").order_by("-line")[:most])
