"""What is mine: the phone's page, the chief's day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import get_language
from ninja import Router

from linli.api.auth import ApiRequest
from linli.api.distress import shown
from linli.api.idempotency import answered
from linli.api.matter_detail import caller_masked
from linli.api.shown import (
    Shown,
    agency_ref,
    bilingual,
    matter_shown,
    matters_shown,
    order_shown,
    unit_shown,
    with_orders,
)
from linli.insight.measures.queries import today_of
from linli.kernel import clock
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.matters.search.queries import known_here
from linli.operations.dispatch.models import ACTIVE, Order
from linli.operations.distress.queries import distress_running
from linli.operations.units.models import Unit
from linli.operations.units.queries import unit_of, units_for
from linli.org.agencies.models import Agency
from linli.org.posts.rules import POSTS

router = Router(tags=["mine"])

_STILL_SHOWN = timedelta(hours=2)
_MOST_OPEN = 300


@router.get("/me", summary="Who I am and what is mine to do")
def me(request: ApiRequest) -> HttpResponse:
    """The actor's posts, his unit, and its orders: what is running, and what was done and still wants feedback."""
    actor = request.auth
    unit = unit_of(actor)
    return answered(
        {
            "id": actor.id,
            "name": actor.name,
            "kind": actor.kind,
            "user": getattr(request.user, "username", "") or actor.name,
            "language": get_language(),
            "demo": bool(settings.LINLI_DEMO),
            "posts": _posts(actor),
            "unit": _unit(actor, unit) if unit else None,
            "orders": [_mine(order) for order in _orders(unit)] if unit else [],
            "distress": [{**shown(one), "mine": one.person_id == actor.id} for one in distress_running(actor)],
            "at": clock.now(),
        }
    )


def _posts(actor: Actor) -> list[Shown]:
    agencies = Agency.objects.in_bulk([post.agency_id for post in actor.posts])
    return [
        {
            "code": post.code,
            **(bilingual(POSTS[post.code]) if post.code in POSTS else {"zh": post.code, "en": post.code}),
            "agency": agency_ref(agencies.get(post.agency_id)),
        }
        for post in actor.posts
    ]


def _unit(actor: Actor, unit: Unit) -> Shown | None:
    found = units_for(actor).filter(pk=unit.pk).first()
    return unit_shown(found) if found else None


def _orders(unit: Unit) -> Iterable[Order]:
    rows = Order.objects.filter(unit=unit).select_related("unit", "matter__agency", "matter__station", "matter__grid")
    running = rows.filter(state__in=ACTIVE)
    waiting = rows.filter(state="done", matter__state="done", done_at__gte=clock.now() - _STILL_SHOWN)
    return [*running, *waiting]


def _mine(order: Order) -> Shown:
    """An order with what its crew needs on the way: the call, the caller's masked name, what is known there."""
    matter = order.matter
    with_orders([matter])
    shown = matter_shown(matter) | {
        "narrative": matter.details.get("narrative", ""),
        "caller": caller_masked(matter),
        "known_here": [
            {"code": item.code, "count": item.count, **bilingual(item.words)} for item in known_here(matter)
        ],
    }
    return order_shown(order) | {"matter": shown}


@router.get("/today", summary="The chief's day")
def today(request: ApiRequest) -> HttpResponse:
    """Today's incidents in Shanghai so far, how many a room settled (分流), what is open, what is late."""
    begins_at, ends_at = _day(clock.now())
    mine = Matter.objects.visible_to(request.auth).filter(kind="incident")
    counts = today_of(request.auth)
    incidents, diverted = counts.get("incidents", 0), counts.get("diverted", 0)
    still = _fetched(mine.filter(closed_at__isnull=True).exclude(state__in=("handed_over",)))
    return answered(
        {
            "from": begins_at,
            "to": ends_at,
            "at": clock.now(),
            "incidents": incidents,
            "diverted": diverted,
            "diverted_share": diverted / incidents if incidents else None,
            "open": matters_shown(still),
            "late": matters_shown(_fetched(mine.filter(late_since__gte=begins_at, late_since__lt=ends_at))),
        }
    )


def _fetched(rows: QuerySet[Matter]) -> list[Matter]:
    return list(rows.select_related("agency", "grid").order_by("received_at")[:_MOST_OPEN])


def _day(now: datetime) -> tuple[datetime, datetime]:
    """Midnight to midnight in Shanghai around ``now``."""
    begins_at = clock.shanghai(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return begins_at, begins_at + timedelta(days=1)
