"""Calling for help, answering, ending."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, NotAllowed, declare
from linli.kernel.geo import possible
from linli.kernel.scope import Actor
from linli.kernel.workflow import take
from linli.operations.distress.models import DISTRESS, ENDINGS, RUNNING, Distress
from linli.operations.units.models import Position
from linli.operations.units.queries import unit_of
from linli.org.agencies.models import Agency

declare("distress.nobody", zh="只有在岗人员可以求救。", en="Only somebody who holds a post can call for help here.")
declare("distress.not_yours", zh="这不是您的求救。", en="This call for help is not yours.")
declare("distress.over", zh="该求救已解除。", en="This call for help is over.")


def _own_path(facts: dict[str, Any]) -> str:
    """Anybody may call for help from where he holds a post: the right is looked for there."""
    return str(facts["agency"].path)


@act("distress.raise", zh="紧急求救", en="call for help", within=_own_path)
def raise_distress(
    actor: Actor,
    *,
    agency: Agency,
    lon: float | None = None,
    lat: float | None = None,
    accuracy_m: float | None = None,
    device_at: datetime | None = None,
) -> Distress:
    """An officer in danger. Once more while it runs: the newer position, never a second row. A wrong position is left
    out, the cry is not: then it is where the unit was last.
    """
    now, unit = clock.now(), unit_of(actor)
    place: dict[str, Any] = {}
    if lon is not None and lat is not None and possible(lon, lat):
        place = {"lon": lon, "lat": lat, "accuracy_m": accuracy_m, "position_from": "phone", "place_at": now}
    running = Distress.objects.running().filter(person_id=actor.id).first()
    if running is not None:
        if place:
            Distress.objects.filter(pk=running.pk).update(**place, version=F("version") + 1)
            running.refresh_from_db()
        return running
    if not place and unit is not None:
        last = Position.objects.filter(unit=unit).first()
        if last is not None:
            place = {"lon": last.lon, "lat": last.lat, "accuracy_m": last.accuracy_m, "place_at": last.at}
            place["position_from"] = "unit"
    return Distress.objects.create(
        person_id=actor.id, agency=agency, unit=unit, raised_at=now, device_at=device_at, **place
    )


@act(
    "distress.answer",
    zh="应答求救",
    en="answer a call for help",
    about="distress",
    within=lambda facts: facts["distress"].agency.path,
)
def answer_distress(actor: Actor, *, distress: Distress) -> Distress:
    """Somebody has heard it and sends help; the second of two is told who was quicker."""
    take(distress, DISTRESS, "answer", answered_by_id=actor.id, answered_at=clock.now())
    return distress


@act(
    "distress.end",
    zh="解除求救",
    en="end a call for help",
    keeps=("ending",),
    about="distress",
    within=lambda facts: facts["distress"].agency.path,
)
def end_distress(actor: Actor, *, distress: Distress, ending: str) -> Distress:
    """The desk knows that the officer is safe. Raises Invalid without one of the declared endings."""
    if ending not in ENDINGS:
        raise Invalid("fact.wrong", field="ending", why=ending[:20])
    take(distress, DISTRESS, "end", ending=ending, ended_at=clock.now())
    return distress


@act(
    "distress.say_safe",
    zh="报告安全",
    en="say that one is safe",
    about="distress",
    within=lambda facts: facts["distress"].agency.path,
)
def say_safe(actor: Actor, *, distress: Distress) -> Distress:
    """The officer says so himself. It goes on until the desk ends it: a phone may be in other hands."""
    if distress.person_id != actor.id:
        raise NotAllowed("distress.not_yours")
    changed = Distress.objects.filter(pk=distress.pk, state__in=RUNNING)
    if not changed.update(safe_at=clock.now(), version=F("version") + 1):
        raise Conflict("distress.over")
    distress.refresh_from_db()
    return distress
