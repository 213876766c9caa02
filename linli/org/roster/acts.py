"""Putting people on the roster."""

from __future__ import annotations

from datetime import datetime, timedelta

from linli.kernel.acts import act
from linli.kernel.errors import Conflict, Invalid, declare
from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.roster.models import Shift

declare("shift.backwards", zh="班次结束须晚于开始。", en="A shift must end after it begins.")
declare("shift.too_long", zh="一个班次不能超过48小时。", en="A shift may not be longer than 48 hours.")
declare(
    "shift.two_places",
    zh="{name}此时段已在{agency}值班（{begins}—{ends}）。",
    en="{name} is already on duty at {agency} ({begins}–{ends}).",
)

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
