"""Forming units, crewing them, saying whether they can go; and taking in where they are."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from linli.kernel import clock, news
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, Refusal, declare
from linli.kernel.geo import possible
from linli.kernel.rows import reread
from linli.kernel.scope import Actor
from linli.operations.units.models import Position, Unit, UnitCrew
from linli.org.agencies.models import Agency
from linli.org.people.models import Person

declare("unit.call_sign_taken", zh="呼号“{call_sign}”已被使用。", en="The call sign {call_sign} is taken.")
declare("unit.in_another", zh="{name}已在{call_sign}车组。", en="{name} already rides in {call_sign}.")
declare(
    "unit.on_order",
    zh="{call_sign}正在执行派警单，办结或撤回后才能改变状态。",
    en="{call_sign} is on an order; finish or recall it first.",
)
declare("positions.too_many", zh="一次最多上报{most}个位置。", en="At most {most} positions at once.")
declare(
    "position.in_future", zh="定位时间晚于现在{ahead_s}秒，未采用。", en="The position is {ahead_s} s ahead of now."
)

MOST_POSITIONS = 2000
_FUTURE_S = 300


@act(
    "unit.form", zh="组建警组", en="form a unit", keeps=("call_sign", "kind"), within=lambda facts: facts["agency"].path
)
def form_unit(
    actor: Actor,
    *,
    agency: Agency,
    call_sign: str,
    kind: str = "car",
    skills: list[str] | None = None,
    equipment: list[str] | None = None,
) -> Unit:
    """Make a unit of an agency; it is unavailable until somebody signs it on. Raises Conflict on a taken call sign."""
    if kind not in Unit.KINDS:
        raise Invalid("fact.wrong", field="kind", why=kind)
    if Unit.objects.filter(call_sign=call_sign).exists():
        raise Conflict("unit.call_sign_taken", call_sign=call_sign)
    return Unit.objects.create(
        agency=agency,
        call_sign=call_sign,
        kind=kind,
        skills=sorted(skills or []),
        equipment=sorted(equipment or []),
        touched_at=clock.now(),
    )


@act(
    "unit.crew",
    zh="编组",
    en="crew a unit",
    keeps=("people",),
    about="unit",
    within=lambda facts: facts["unit"].agency.path,
)
def crew_unit(actor: Actor, *, unit: Unit, people: list[Person]) -> Unit:
    """Say who rides in a unit from now on. Raises Conflict when somebody already rides elsewhere."""
    now = clock.now()
    wanted = {person.pk: person for person in people}
    UnitCrew.objects.filter(unit=unit, until__isnull=True).exclude(person_id__in=wanted).update(until=now)
    for held in UnitCrew.objects.filter(person_id__in=wanted, until__isnull=True).select_related("unit"):
        if held.unit_id != unit.pk:
            raise Conflict("unit.in_another", name=wanted[held.person_id].name, call_sign=held.unit.call_sign)
        wanted.pop(held.person_id)
    UnitCrew.objects.bulk_create([UnitCrew(unit=unit, person=person, since=now) for person in wanted.values()])
    skills = sorted({skill for person in people for skill in person.skills} | set(unit.skills))
    Unit.objects.filter(pk=unit.pk).update(skills=skills, touched_at=now, version=F("version") + 1)
    reread(unit)
    return unit


@act(
    "unit.set_availability",
    zh="变更警组状态",
    en="set a unit's availability",
    keeps=("availability", "activity"),
    about="unit",
    within=lambda facts: facts["unit"].agency.path,
)
def set_availability(actor: Actor, *, unit: Unit, availability: str, activity: str = "") -> Unit:
    """Say whether a unit can go. While it is on an order its state follows the order (Conflict)."""
    if availability not in Unit.AVAILABILITIES:
        raise Invalid("fact.wrong", field="availability", why=availability)
    if activity not in Unit.ACTIVITIES or activity == "on_order":
        raise Invalid("fact.wrong", field="activity", why=activity)
    changed = Unit.objects.filter(pk=unit.pk, order_id__isnull=True).update(
        availability=availability, activity=activity, touched_at=clock.now(), version=F("version") + 1
    )
    reread(unit)
    if not changed:
        raise Conflict("unit.on_order", call_sign=unit.call_sign)
    return unit


@dataclass(frozen=True, slots=True)
class Fix:
    """One position report: WGS-84, device time, accuracy in metres when known."""

    unit: Unit
    lon: float
    lat: float
    at: datetime
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class UnitsMoved:
    """News: newer positions were stored."""

    fixes: list[Fix]


def refused(fix: Fix, now: datetime) -> Refusal | None:
    """Why a position cannot be one; None when it may be stored. A device clock may be five minutes ahead."""
    if not possible(fix.lon, fix.lat):
        return Invalid("place.impossible", field="lon")
    ahead_s = (fix.at - now).total_seconds()
    return Invalid("position.in_future", ahead_s=int(ahead_s)) if ahead_s > _FUTURE_S else None


def take_positions(fixes: list[Fix]) -> int:
    """Store the newest position of each unit; older or impossible reports are passed over. Returns how many were
    stored.

    Telemetry, not an act: no trail entry, one short transaction. A device clock up to five minutes ahead is taken as
    now.
    """
    if len(fixes) > MOST_POSITIONS:
        raise Invalid("positions.too_many", most=MOST_POSITIONS)
    now = clock.now()
    newest: dict[uuid.UUID, Fix] = {}
    for fix in fixes:
        if refused(fix, now) is not None:
            continue
        held = newest.get(fix.unit.pk)
        if held is None or fix.at > held.at:
            newest[fix.unit.pk] = fix
    if not newest:
        return 0
    with transaction.atomic():
        known = dict(Position.objects.filter(unit_id__in=list(newest)).values_list("unit_id", "at"))
        fresh = [fix for key, fix in newest.items() if key not in known or known[key] < fix.at]
        Position.objects.bulk_create(
            [
                Position(
                    unit=fix.unit,
                    lon=fix.lon,
                    lat=fix.lat,
                    accuracy_m=fix.accuracy_m,
                    at=min(fix.at, now),
                    received_at=now,
                )
                for fix in fresh
            ],
            update_conflicts=True,
            unique_fields=["unit"],
            update_fields=["lon", "lat", "accuracy_m", "at", "received_at"],
        )
        if fresh:
            news.announce(UnitsMoved(fresh))
    return len(fresh)
