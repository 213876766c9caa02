"""Doors that come on the list by themselves: registered places, closed calls, doors at which somebody moved in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.scope import Actor
from linli.matters.ledger.models import Matter
from linli.org.agencies.models import Agency
from linli.places.occupants.models import Residence
from linli.places.premises.models import Premises
from linli.visits.plans.acts.campaigns import WORKER
from linli.visits.plans.models import Campaign, Due, Stop
from linli.visits.reasons.queries import reasons_on
from linli.visits.reasons.rules import ReasonFacts
from linli.visits.records.rules import door_key
from linli.works.jobs.acts import hourly

LOOK_BACK = timedelta(days=3)
NEW_FOR = timedelta(days=14)
"""So long after its day somebody who moved in is new: registers are filled in late."""
AT_ONCE = 400


@hourly("visits.gather")
def gather_hourly(payload: dict[str, Any]) -> None:
    """Once an hour, in one short step: what is left comes with the next."""
    gather(WORKER)


@act("visit.gather", zh="汇集走访清单", en="gather doors")
def gather(actor: Actor) -> int:
    """Put doors on the lists that belong there by their reason, and take off what is over. Returns how many came."""
    today = clock.today()
    _end_what_is_over(today)
    found = 0
    for reason in reasons_on(today).values():
        if reason.premises_kinds and found < AT_ONCE:
            found += _premises(reason, today, AT_ONCE - found)
        if reason.categories and found < AT_ONCE:
            found += _closed_calls(reason, today, AT_ONCE - found)
        if reason.moved_in and found < AT_ONCE:
            found += _moved_in(reason, today, AT_ONCE - found)
    return found


def _end_what_is_over(today: date) -> None:
    over = Due.objects.standing().filter(over_on__lt=today)
    Stop.objects.filter(due__in=over, state="planned").delete()
    over.update(ended_on=today, ended_why="over", version=F("version") + 1)
    closed = Due.objects.standing().filter(premises__closed_on__isnull=False)
    closed.update(ended_on=today, ended_why="over", version=F("version") + 1)
    Campaign.objects.filter(ends_on__lt=today, ended_at__isnull=True).update(
        ended_at=clock.now(), version=F("version") + 1
    )


def _premises(reason: ReasonFacts, today: date, most: int) -> int:
    """Places of the reason's kinds that are not on its list; the first visits are spread over the first interval."""
    listed = Due.objects.standing().filter(reason=reason.code, premises__isnull=False, campaign__isnull=True)
    rows = Premises.objects.in_use().filter(kind__in=reason.premises_kinds).exclude(pk__in=listed.values("premises_id"))
    places = list(rows.order_by("pk")[:most])
    agencies = {row.path: row.pk for row in Agency.objects.filter(path__in={one.agency_path for one in places})}
    made = [
        Due(
            reason=reason.code,
            agency_id=agencies[one.agency_path],
            grid_code=one.grid_code,
            door=door_key(premises=one.pk),
            address_id=one.address_id,
            premises=one,
            place=one.name[:160],
            lon=one.lon,
            lat=one.lat,
            since=today,
            due_on=today + timedelta(days=1 + one.pk.int % reason.first_within_days),
        )
        for one in places
        if one.agency_path in agencies
    ]
    Due.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _closed_calls(reason: ReasonFacts, today: date, most: int) -> int:
    """Calls of the reason's categories that were closed lately, each once."""
    rows = Matter.objects.filter(
        kind="incident", state="closed", category__in=reason.categories, closed_at__gte=clock.now() - LOOK_BACK
    ).exclude(pk__in=Due.objects.filter(reason=reason.code, matter__isnull=False).values("matter_id"))
    made = [
        Due(
            reason=reason.code,
            agency=one.agency,
            grid_code=one.grid.code if one.grid else "",
            door=door_key(place=f"{one.number}"),
            address_id=one.address_id,
            place=(one.address or one.number)[:160],
            lon=one.lon,
            lat=one.lat,
            matter=one,
            since=today,
            due_on=today + timedelta(days=reason.first_within_days),
            over_on=today + timedelta(days=reason.lasts_days) if reason.lasts_days else None,
        )
        for one in rows.exclude(source="import").select_related("agency", "grid").order_by("pk")[:most]
        if one.agency_id
    ]
    Due.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _moved_in(reason: ReasonFacts, today: date, most: int) -> int:
    """Doors at which somebody came to live lately, each once however many came. No name goes with it."""
    lately = Residence.objects.on(today).filter(kind__in=reason.moved_in, since__gte=today - NEW_FOR)
    listed = Due.objects.filter(reason=reason.code, address=OuterRef("address"), since__gte=today - 2 * NEW_FOR)
    rows = lately.filter(~Exists(listed)).select_related("address", "home").order_by("pk")[:most]
    agencies = {row.path: row.pk for row in Agency.objects.filter(path__in={one.agency_path for one in rows})}
    made: dict[str, Due] = {}
    for one in rows:
        if one.agency_path not in agencies:
            continue
        room = one.home.room if one.home else ""
        door = door_key(address=one.address_id, room=room)
        made[door] = Due(
            reason=reason.code,
            agency_id=agencies[one.agency_path],
            grid_code=one.grid_code,
            door=door,
            address=one.address,
            room=room,
            place=f"{one.address.text}{room}"[:160],
            lon=one.address.lon,
            lat=one.address.lat,
            since=today,
            due_on=today + timedelta(days=reason.first_within_days),
            over_on=today + timedelta(days=reason.lasts_days) if reason.lasts_days else None,
        )
    Due.objects.bulk_create(made.values(), ignore_conflicts=True)
    return len(made)
