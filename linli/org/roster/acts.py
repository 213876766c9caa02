"""Putting people on the roster, signing on and off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from linli.kernel import clock
from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.ids import new_id
from linli.kernel.inputs import Offline
from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.roster.models import Duty, Shift
from linli.org.roster.rules import EARLY, LONGEST_DUTY

declare("shift.backwards", zh="班次结束须晚于开始。", en="A shift must end after it begins.")
declare("shift.too_long", zh="一个班次不能超过48小时。", en="A shift may not be longer than 48 hours.")
declare(
    "shift.two_places",
    zh="{name}此时段已在{agency}值班（{begins}—{ends}）。",
    en="{name} is already on duty at {agency} ({begins}–{ends}).",
)

declare("duty.running", zh="您已于{on}签到，请先签退。", en="You have signed on at {on}; sign off first.")
declare("duty.nowhere", zh="您没有可签到的岗位。", en="You hold no post to sign on for.")
declare("duty.none", zh="您还没有签到。", en="You have not signed on.")
declare("duty.over", zh="这次值班已签退。", en="This duty is over.")

_LONGEST = timedelta(hours=48)


@act(
    "shift.plan",
    zh="排班",
    en="plan a shift",
    keeps=("duty", "begins_at", "ends_at"),
    within=lambda facts: facts["agency"].path,
)
def plan_shift(
    actor: Actor, *, agency: Agency, person: Person, begins_at: datetime, ends_at: datetime, duty: str = "member"
) -> Shift:
    """Put a person on duty. Nobody is on duty in two places at once (Conflict ``shift.two_places``)."""
    if duty not in Shift.DUTIES:
        raise Invalid("fact.wrong", field="duty", why=duty)
    if ends_at <= begins_at:
        raise Invalid("shift.backwards", field="ends_at")
    if ends_at - begins_at > _LONGEST:
        raise Invalid("shift.too_long", field="ends_at")
    clash = (
        Shift.objects.filter(person=person, cancelled=False, begins_at__lt=ends_at, ends_at__gt=begins_at)
        .select_related("agency")
        .first()
    )
    if clash:
        raise Conflict(
            "shift.two_places", name=person.name, agency=clash.agency.name, begins=clash.begins_at, ends=clash.ends_at
        )
    return Shift.objects.create(agency=agency, person=person, begins_at=begins_at, ends_at=ends_at, duty=duty)


@act("shift.cancel", zh="取消班次", en="cancel a shift", about="shift", within=lambda facts: facts["shift"].agency.path)
def cancel_shift(actor: Actor, *, shift: Shift) -> Shift:
    """Take a shift off the roster; the row stays."""
    shift.cancelled = True
    shift.version += 1
    shift.save(update_fields=["cancelled", "version"])
    return shift


@act(
    "duty.sign_on",
    zh="签到上岗",
    en="sign on for duty",
    within=lambda facts: facts["agency"].path if facts["agency"] else None,
    offline=Offline(
        creates=Duty,
        group="other",
        order=5,
        icon="login",
    ),
)
def sign_on(
    actor: Actor,
    *,
    agency: Agency | None = None,
    at: datetime | None = None,
    device_at: datetime | None = None,
    row_id: Any = None,
) -> Duty:
    """Begin one's own duty at an agency (none named: where one works); the shift planned for this time there is noted.
    A duty that nobody ended for a day ends with its shift. Conflict ``duty.running`` while another runs.
    """
    place = agency or _workplace(actor)
    now = clock.now()
    begun = min(at or device_at or now, now)
    running = Duty.objects.running().filter(person_id=actor.id).select_related("shift").first()
    if running is not None:
        if begun - running.on_at < LONGEST_DUTY:
            raise Conflict("duty.running", on=clock.shanghai(running.on_at).strftime("%m-%d %H:%M"))
        _end(running, _forgotten_end(running), now)
    shifts = Shift.objects.filter(person_id=actor.id, agency=place, cancelled=False)
    shift = shifts.filter(begins_at__lte=begun + EARLY, ends_at__gt=begun).order_by("begins_at").first()
    return Duty.objects.create(
        id=row_id or new_id(), agency=place, person_id=actor.id, shift=shift, on_at=begun, on_recorded_at=now
    )


def _workplace(actor: Actor) -> Agency:
    """Where the actor works: a room before a station."""
    found = (
        Agency.objects.filter(pk__in=[post.agency_id for post in actor.posts if post.sees]).order_by("-path").first()
    )
    if found is None:
        raise Invalid("duty.nowhere")
    return found


def _forgotten_end(duty: Duty) -> datetime:
    """When a duty that nobody ended is taken to have ended: with its shift, else as it began."""
    ends_at = duty.shift.ends_at if duty.shift else duty.on_at
    return min(max(ends_at, duty.on_at), duty.on_at + LONGEST_DUTY)


def _end(duty: Duty, at: datetime, now: datetime) -> None:
    ended = Duty.objects.running().filter(pk=duty.pk)
    if not ended.update(off_at=max(at, duty.on_at), off_recorded_at=now, version=F("version") + 1):
        raise Conflict("duty.over")


@act(
    "duty.sign_off",
    zh="签退下岗",
    en="sign off duty",
    offline=Offline(group="other", order=6, icon="logout"),
)
def sign_off(actor: Actor, *, at: datetime | None = None, device_at: datetime | None = None) -> Duty:
    """End one's own running duty. Conflict ``duty.none`` when there is none."""
    now = clock.now()
    running = Duty.objects.running().filter(person_id=actor.id).select_related("agency").first()
    if running is None:
        raise Conflict("duty.none")
    _end(running, min(at or device_at or now, now), now)
    running.refresh_from_db()
    return running
